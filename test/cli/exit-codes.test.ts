import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect } from 'vitest';
import { FAILURES } from '../../src/domain/failure.ts';
import { MEANINGS } from '../../src/presentation/help.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { vanish } from '../rig/control.ts';
import type { Ran } from '../rig/program.ts';

/** One script for each exit code that the specification names: what a person or a machine does to meet it. */
type Script = (rig: CliFixtures) => Promise<Ran>;

const flow = (home: CliFixtures['home'], operation: unknown, more: object = {}): string =>
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [operation], ...more }));

const command = (...argv: string[]): unknown => ({ id: 'a', type: 'command.run', params: { argv } });

/** A store with one run, and then something done to it by hand. */
async function tamper({ home, provisioning }: CliFixtures, sql: string): Promise<void> {
  await provisioning('server create web-1 --direct');
  const store = new DatabaseSync(join(home.dataDir, 'state.db'));
  store.exec(sql);
  store.close();
}

const SCRIPTS: Readonly<Record<number, Script>> = {
  0: ({ provisioning }) => provisioning('server create web-1 --direct'),
  1: ({ home, provisioning }) => provisioning(`workflow run ${flow(home, command('false'))}`),
  2: ({ home, provisioning }) => provisioning(`workflow run ${flow(home, { id: 'a', type: 'server.crate' })}`),
  3: ({ provisioning }) => provisioning('orchestrator status'),
  4: ({ provisioning }) => provisioning('server show nobody'),
  6: async ({ provisioning }) => {
    await provisioning('server create web-1 --plan small --direct');
    return provisioning('server create web-1 --plan large --direct');
  },
  7: ({ home, provisioning }) => {
    mkdirSync(home.dataDir, { recursive: true });
    chmodSync(home.dataDir, 0o755);
    return provisioning('orchestrator doctor');
  },
  8: async ({ home, provisioning, begin, tasks }) => {
    const running = begin(`workflow run ${flow(home, tasks.operation('a'))}`);
    await tasks.began('a');
    await provisioning('workflow cancel @latest');
    return running.ended;
  },
  9: ({ home, provisioning, tasks }) =>
    provisioning(`workflow run ${flow(home, tasks.operation('a'), { timeout: 0.3 })}`),
  10: ({ home, provisioning }) => {
    home.write('provisioning.toml', '');
    return provisioning(`workflow submit ${flow(home, command('true'))}`, {
      env: { PROVISIONING_ORCHESTRATOR_ENABLED: 'false' },
    });
  },
  11: async ({ home, begin, tasks }) => {
    const running = begin(`workflow run ${flow(home, tasks.operation('a'))}`);
    vanish(await tasks.began('a'));
    return running.ended;
  },
  // Nobody can do this by a command, so nobody has thought of it: the way of a bug.
  70: async (rig) => {
    await tamper(rig, 'DROP TABLE tasks');
    return rig.provisioning('workflow status @latest');
  },
  75: async (rig) => {
    await tamper(rig, 'PRAGMA user_version = 999');
    return rig.provisioning('workflow list');
  },
  130: async ({ home, begin, tasks }) => {
    const watching = begin(`workflow submit ${flow(home, tasks.operation('a'))} --wait`);
    await tasks.began('a');
    watching.child.kill('SIGINT');
    return watching.ended;
  },
};

describe('exit codes', () => {
  for (const [code, script] of Object.entries(SCRIPTS))
    test(`${code}: ${MEANINGS[Number(code)]}`, async ({ home, provisioning, begin, tasks }) => {
      const ran = await script({ home, provisioning, begin, tasks });
      expect([ran.code, ran.stderr]).toEqual([Number(code), expect.anything()]);
      if (code !== '0') expect(ran.stderr + ran.stdout).not.toBe('');
    });

  test('have a script here for each that there is', () => {
    const known = new Set([0, ...Object.values(FAILURES).map(({ exit }) => exit)]);
    expect(Object.keys(SCRIPTS).map(Number)).toEqual([...known].toSorted((a, b) => a - b));
  });
});
