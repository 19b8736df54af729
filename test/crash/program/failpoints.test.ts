import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { RunDocument } from '../../../src/api/documents.ts';
import { FAILPOINTS } from '../../../src/domain/failpoint.ts';
import { test } from '../../rig/cli-test.ts';
import type { CliFixtures } from '../../rig/cli-test.ts';
import type { Home } from '../../rig/home.ts';

/** The same crashes, of the real program: `matrix.test.ts` has all of them, of the engine alone. */
const armed = (failpoint: string) => ({ env: { PROVISIONING_FAILPOINT: failpoint } });

/** A workflow of one operation that is not idempotent. */
const workflow = (home: Home): string =>
  home.write(
    'w.json',
    JSON.stringify({
      workflow: {
        name: 'w',
        operations: [{ id: 'a', type: 'command.run', params: { argv: ['sh', '-c', `echo x >>${home.root}/effect`] } }],
      },
    }),
  );

const effects = (home: Home): number => readFileSync(`${home.root}/effect`, 'utf8').length / 2;

const runs = async (provisioning: CliFixtures['provisioning']): Promise<readonly RunDocument[]> =>
  (await provisioning('workflow list --json')).json<RunDocument[]>();

/** The only run, once it has ended. */
async function end(provisioning: CliFixtures['provisioning']): Promise<RunDocument> {
  let run: RunDocument | undefined;
  const look = async (): Promise<string | undefined> => {
    const all = await runs(provisioning);
    expect(all).toHaveLength(1);
    run = (await provisioning('workflow status @latest --json')).json<RunDocument>();
    return run.status;
  };
  await expect.poll(look, { interval: 20 }).toMatch(/^(?:completed|failed|unknown)$/);
  return run as unknown as RunDocument;
}

describe('an orchestrator that dies', () => {
  test.for(FAILPOINTS.filter((name) => name !== 'taken-over'))(
    'at %s loses nothing and does nothing twice',
    async (name, { home, begin, provisioning }) => {
      const orchestrator = begin('orchestrator run', armed(name));
      await expect.poll(() => existsSync(join(home.dataDir, 'daemon.json')), { interval: 5 }).toBe(true);
      const submit = `workflow submit ${workflow(home)} --key k --json`;
      const first = await provisioning(submit);
      if (name !== 'accepted') expect(first.code, first.stderr).toBe(0);
      await orchestrator.ended;
      expect(orchestrator.child.signalCode).toBe('SIGKILL');
      if (first.code === 0 && name !== 'accepted' && name !== 'settled')
        expect((await runs(provisioning))[0]).toMatchObject({ status: 'running', attended: false });
      expect((await provisioning(submit)).code, 'the same key again').toBe(0);
      expect((await provisioning('orchestrator start')).code).toBe(0);
      expect(await end(provisioning)).toMatchObject({ status: 'completed', attended: true, tasks: [{ attempts: 1 }] });
      expect(effects(home)).toBe(1);
    },
  );
});

describe('a direct command that dies', () => {
  test.for(['claimed', 'pre-spawn', 'post-spawn', 'exit-seen'])(
    'at %s leaves its run to the next orchestrator, which does nothing twice',
    async (name, { home, begin, provisioning }) => {
      const command = begin(`workflow run ${workflow(home)} --direct`, armed(name));
      await command.ended;
      expect(command.child.signalCode).toBe('SIGKILL');
      expect((await runs(provisioning))[0]).toMatchObject({ status: 'running', attended: false });
      expect((await provisioning('orchestrator start')).code).toBe(0);
      expect(await end(provisioning)).toMatchObject({ status: 'completed', tasks: [{ attempts: 1 }] });
      expect(effects(home)).toBe(1);
    },
  );
});

describe('a failpoint', () => {
  test('holds for the process that was told of it: no orchestrator and no task inherits it', async ({
    home,
    provisioning,
    tasks,
  }) => {
    const file = home.write('w.json', JSON.stringify({ workflow: { name: 'w', operations: [tasks.operation('a')] } }));
    const submitted = await provisioning(`workflow submit ${file} --orchestrated --json`, armed('claimed'));
    expect(submitted.code, submitted.stderr).toBe(0);
    const task = await tasks.began('a');
    expect(task.env).not.toHaveProperty('PROVISIONING_FAILPOINT');
    task.tell({ exit: 0 });
    expect(await end(provisioning)).toMatchObject({ status: 'completed' });
  });

  test('with a name that is none is refused', async ({ provisioning }) => {
    const { code, stderr } = await provisioning('workflow list', armed('claimd'));
    expect(code).toBe(2);
    expect(stderr).toContain('PROVISIONING_FAILPOINT must be NAME or NAME:PASSAGE, not "claimd"');
    expect(stderr).toContain('Did you mean "claimed"?');
  });
});
