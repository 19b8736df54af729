import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const workflow = (script: string, more: object[] = []): string =>
  JSON.stringify({
    workflow: {
      name: 'w',
      operations: [
        { id: 'a', type: 'command.run', params: { argv: ['true'] } },
        { id: 'b', type: 'command.run', params: { argv: ['sh', '-c', script] }, dependencies: ['a'] },
        ...more,
      ],
    },
  });

test('a workflow changed since the failure is refused with the difference, and goes on when that is wanted', async ({
  home,
  provisioning,
}) => {
  home.write('w.json', workflow('exit 3'));
  expect((await provisioning('workflow submit w.json --wait')).code).toBe(1);
  home.write('w.json', workflow('exit 0'));
  const refused = await provisioning('workflow retry @latest --wait');
  expect(refused.code).toBe(6);
  expect(refused.stderr).toContain('b: params: ');
  expect(refused.stderr).toContain('--accept-changes');
  expect((await provisioning('workflow status @latest --json')).json<RunDocument>().status).toBe('failed');

  const accepted = await provisioning('workflow retry @latest --accept-changes --wait --json');
  expect([accepted.code, accepted.stderr]).toEqual([0, expect.anything()]);
  const run = accepted.json<RunDocument>();
  expect(run.tasks.map(({ status, attempts }) => [status, attempts])).toEqual([
    ['completed', 1],
    ['completed', 2],
  ]);
  expect((await provisioning('workflow events @latest')).stdout).toContain('"run.amended"');
});

test('operations that come or go make a new run', async ({ home, provisioning }) => {
  home.write('w.json', workflow('exit 3'));
  await provisioning('workflow submit w.json --wait');
  home.write('w.json', workflow('exit 3', [{ id: 'c', type: 'command.run', params: { argv: ['true'] } }]));
  const refused = await provisioning('workflow retry @latest --accept-changes');
  expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('come or gone')]);
});

test('a run that a command made from an infra is told which command reads that again', async ({
  home,
  provisioning,
}) => {
  expect((await provisioning('server create web-1 web-2 --infra lab --direct')).code).toBe(0);
  const servers = [{ name: 'web-1', plan: 'large' }, { name: 'web-2' }];
  home.write('infra/lab.json', JSON.stringify({ servers }));
  expect((await provisioning('server create --infra lab --direct')).code).toBe(6);
  home.write('infra/lab.json', JSON.stringify({ servers: [{ name: 'web-1' }, { name: 'web-2' }] }));
  const retried = await provisioning('workflow retry @latest --wait');
  expect(retried.code).toBe(6);
  const [, again = ''] = /what infra lab said when it was made.*: provisioning (.*)$/m.exec(retried.stderr) ?? [];
  expect(again).toBe('server create web-1 --infra lab');
  expect((await provisioning(`${again} --direct`)).code).toBe(0);
});

test('an unchanged file needs no consent, a file that is gone is no obstacle', async ({ home, provisioning }) => {
  home.write('w.json', workflow('test -e ok'));
  await provisioning('workflow submit w.json --wait');
  expect((await provisioning('workflow retry @latest --wait')).code).toBe(1);
  home.write('ok', '');
  const { rmSync } = await import('node:fs');
  rmSync(`${home.workspace}/w.json`);
  const ran = await provisioning('workflow retry @latest --wait');
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('is gone')]);
});

test('a retry from a task of a run that has not ended is refused, and does not look like a success', async ({
  home,
  provisioning,
  tasks,
}) => {
  home.write('w.json', JSON.stringify({ name: 'w', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit w.json');
  const a = await tasks.began('a');
  const refused = await provisioning('workflow retry @latest --from a');
  expect(refused.code).toBe(6);
  expect(refused.stderr).toContain('has not ended');
  expect(refused.stderr).toContain('provisioning workflow monitor');
  a.tell({ exit: 0 });
  await a.gone;
});

test('a retry knows the pools of the workspace that the run is of, wherever it is asked for', async ({
  home,
  provisioning,
}) => {
  home.write('provisioning.toml', '[pools.api]\nlimit = 1\n');
  const pooled = (script: string, pool: string): string =>
    JSON.stringify({
      name: 'w',
      operations: [{ id: 'a', type: 'command.run', pool, params: { argv: ['sh', '-c', script] } }],
    });
  home.write('w.json', pooled('exit 3', 'api'));
  expect((await provisioning('workflow submit w.json --wait')).code).toBe(1);
  expect((await provisioning('workflow retry @latest --wait')).code).toBe(1);

  const elsewhere = join(home.root, 'elsewhere');
  mkdirSync(elsewhere);
  expect((await provisioning(`workflow retry @latest --wait --workspace ${elsewhere}`)).code).toBe(1);

  home.write('provisioning.toml', '[pools.api]\nlimit = 1\n[pools.slow]\nlimit = 1\n');
  home.write('w.json', pooled('exit 0', 'slow'));
  const changed = await provisioning('workflow retry @latest --accept-changes --wait --json');
  expect(changed.json<RunDocument>().tasks.map(({ status, attempts }) => [status, attempts])).toEqual([
    ['completed', 4],
  ]);
});

test('what is for the case of a failure is rightly skipped, and a retry does all that waited for the failure only', async ({
  home,
  provisioning,
}) => {
  const run = (id: string, script: string, ...dependencies: unknown[]) => {
    return { id, type: 'command.run', params: { argv: ['sh', '-c', script] }, dependencies };
  };
  const operations = [
    run('prep', 'true'),
    run('alert', 'true', { id: 'prep', on: 'failure' }),
    run('build', 'test -e ready'),
    run('deploy', 'echo done >>deployed', 'build', { id: 'alert', kind: 'soft' }),
  ];
  home.write('w.json', JSON.stringify({ workflow: { name: 'w', operations } }));
  expect((await provisioning('workflow run w.json')).code).toBe(1);
  expect((await provisioning('workflow why @latest alert')).stdout).toMatch(
    /^alert was skipped because prep did not fail\.\n/,
  );
  home.write('ready', '');
  const retried = await provisioning('workflow retry @latest --wait --json');
  expect(retried.json<RunDocument>().tasks.map(({ status, message }) => [status, message])).toEqual([
    ['completed', null],
    ['skipped', 'prep did not fail'],
    ['completed', null],
    ['completed', null],
  ]);
  expect(readFileSync(join(home.workspace, 'deployed'), 'utf8')).toBe('done\n');
  const again = await provisioning('workflow retry @latest --wait');
  expect([again.code, again.stderr]).toEqual([6, expect.stringContaining('there is nothing to retry')]);
});
