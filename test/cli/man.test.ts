import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { REGISTRY } from '../../commands/registry.ts';
import { FAILURES } from '../../src/domain/failure.ts';
import { KEYS } from '../../src/config/keys.ts';
import { roff } from '../../src/presentation/man-page.ts';
import { test } from '../rig/cli-test.ts';
import { toolIsHere } from '../rig/tools.ts';

const isHere = (tool: string): boolean =>
  toolIsHere(tool, `${tool} is not installed: the man page is not checked by it`);

test('the page has every command with its flags, every exit code and every variable', async ({ provisioning }) => {
  const { code, stdout, stderr } = await provisioning('man');
  expect([code, stderr]).toEqual([0, '']);
  const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
  for (const entry of REGISTRY) {
    expect(stdout).toContain(bold(entry.name));
    for (const flag of Object.keys((await entry.load()).default.flags)) expect(stdout).toContain(roff(`--${flag}`));
  }
  for (const { exit } of Object.values(FAILURES)) expect(stdout).toContain(`.TP\n${bold(String(exit))}\n`);
  for (const { variable } of KEYS) expect(stdout).toContain(`.TP\n${bold(variable)}\n`);
  for (const file of [
    '/etc/provisioning/config.toml',
    '~/.config/provisioning/config.toml',
    'WORKSPACE/provisioning.toml',
  ])
    expect(stdout).toContain(`.TP\n${bold(file)}\n`);
});

test('the page has the variables that the program reads for itself, and no other', async ({ provisioning }) => {
  const { stdout } = await provisioning('man');
  const [, section = ''] = /^\.SH ENVIRONMENT\n([^]*?)^\.SH/m.exec(stdout) ?? [];
  const listed = [...section.matchAll(/^\.TP\n\\fB(.*)\\fR$/gm)].flatMap(([, names = '']) => names.split(', '));
  const keys = new Set(KEYS.map(({ variable }) => variable));
  const own = listed.filter((name) => !keys.has(name)).toSorted();
  expect(own).toEqual(readForPeople());
});

/** Variables that `src/config`, which alone reads the environment, takes by name. */
function readForPeople(): string[] {
  const folder = join(import.meta.dirname, '../../src/config');
  const text = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const names = [...text.matchAll(/\b(?:process\.env|env|environment|variables)\['([A-Z_]+)'\]/g)].map(
    ([, name = '']) => name,
  );
  return [...new Set(names)].filter((name) => !NOT_FOR_PEOPLE.has(name)).toSorted();
}

/** The system's own, a service manager's, and what tests put before the system's paths. */
const NOT_FOR_PEOPLE: ReadonlySet<string> = new Set(['HOME', 'LISTEN_FDS', 'LISTEN_PID', 'PROVISIONING_SYSTEM_ROOT']);

describe('the page is understood without a complaint', () => {
  test.skipIf(!isHere('mandoc'))('by mandoc', async ({ provisioning }) => {
    const { stdout } = await provisioning('man');
    const { stdout: found } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { input: stdout, encoding: 'utf8' });
    // It has no date, so that the same source gives the same page.
    expect(found.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });

  test.skipIf(!isHere('groff'))('by groff', async ({ provisioning }) => {
    const { stdout } = await provisioning('man');
    const shown = spawnSync('groff', ['-ww', '-man', '-T', 'utf8', '-P', '-cbou'], { input: stdout, encoding: 'utf8' });
    expect([shown.status, shown.stderr]).toEqual([0, '']);
    for (const text of ['server create', 'EXIT STATUS', '~/.local/state/provisioning', '--explain-mode'])
      expect(shown.stdout).toContain(text);
  });
});
