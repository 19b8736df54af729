import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, describe, test as plain } from 'vitest';
import { FAILURES } from '../../src/domain/failure.ts';
import { test } from '../rig/cli-test.ts';
import { run } from '../rig/program.ts';

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

/** The commands of the block below a heading, without `npx` and comments. */
function commandsBelow(heading: string): string[] {
  const section = README.slice(README.indexOf(`## ${heading}`));
  const [, block = ''] = /```sh\n(.*?)```/s.exec(section) ?? [];
  return block
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

describe('the README', () => {
  test('has a first tour that works as printed', async ({ home }) => {
    let cwd = home.workspace;
    for (const line of commandsBelow('A first tour')) {
      if (line.startsWith('cd ')) {
        cwd = join(cwd, line.slice(3));
        continue;
      }
      expect(line).toMatch(/^npx provisioning /);
      const ran = await run(home, line.split(' ').slice(2), { cwd });
      expect([line, ran.code, ran.stderr]).toEqual([line, 0, expect.anything()]);
    }
  });

  test('shows how to ask for the mode', async ({ home }) => {
    const [line = ''] = commandsBelow('Where a command runs');
    expect((await run(home, line.split(' ').slice(2))).code).toBe(0);
  });

  plain('names every exit code that there is, and no other', () => {
    const listed = [...README.matchAll(/^\| (\d+) +\| /gm)].map(([, code]) => Number(code));
    const known = [0, ...new Set(Object.values(FAILURES).map(({ exit }) => exit))];
    expect(listed).toEqual(known.toSorted((a, b) => a - b));
  });
});
