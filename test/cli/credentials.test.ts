import { expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { killed } from '../rig/processes.ts';
import type { Control } from '../rig/control.ts';

const SECRET = 'correct horse';
const env = { REL_TOKEN: SECRET };

const flow = (tasks: Control): string =>
  JSON.stringify({
    name: 'release',
    operations: [
      tasks.operation('build'),
      {
        id: 'upload',
        type: 'command.run',
        dependencies: ['build'],
        credentials: { TOKEN: 'env:REL_TOKEN' },
        params: { argv: ['sh', '-c', `test "$TOKEN" = '${SECRET}'`] },
      },
    ],
  });

async function killOrchestrator(provisioning: CliFixtures['provisioning']): Promise<void> {
  const { pid } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  await killed(pid ?? 0);
}

test('a command that waits hands its credentials to the next orchestrator too', async ({
  home,
  provisioning,
  begin,
  tasks,
}) => {
  home.write('flow.json', flow(tasks));
  const waiting = begin('workflow submit flow.json --wait', { env });
  const build = await tasks.began('build');
  await killOrchestrator(provisioning);
  build.tell({ exit: 0 });
  const ended = await waiting.ended;
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('paused: credential TOKEN of upload (env:REL_TOKEN) cannot be resolved');
});

test('a run whose credentials are gone says which, and by what command it goes on', async ({
  home,
  provisioning,
  tasks,
}) => {
  home.write('flow.json', flow(tasks));
  await provisioning('workflow submit flow.json', { env });
  const build = await tasks.began('build');
  await killOrchestrator(provisioning);
  build.tell({ exit: 0 });
  await build.gone;
  await provisioning('orchestrator start');
  await expect.poll(async () => (await provisioning('workflow status @latest')).stdout).toContain('paused');
  const { stdout } = await provisioning('workflow status @latest');
  const why = await provisioning('workflow why @latest');
  const [, again = ''] = /provisioning (workflow resume \S+ --env REL_TOKEN)\n/.exec(stdout) ?? [];
  expect(stdout).toContain('Paused: credential TOKEN of upload (env:REL_TOKEN) cannot be resolved');
  expect(why.stdout).toContain(`With REL_TOKEN in the environment: provisioning ${again}\n`);
  const without = await provisioning('workflow resume @latest', { env });
  expect(without).toMatchObject({ code: 6, stderr: expect.stringContaining(`provisioning ${again}\n`) });
  expect((await provisioning(`${again} --wait`, { env })).code).toBe(0);
});
