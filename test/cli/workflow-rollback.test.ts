import { describe, expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { RollbackDocument } from '../../src/api/responses.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';

const shell = (script: string) => ({ type: 'command.run', params: { argv: ['sh', '-c', script] } });

/** A run that makes `a`, `b` and `mail`, fails, and then wants to be taken back. */
const failing = (undo: { readonly a: object; readonly b?: object }): string =>
  JSON.stringify({
    name: 'flow',
    rollback_enabled: true,
    operations: [
      { id: 'a', ...shell('true'), compensate: undo.a },
      { id: 'b', ...shell('true'), dependencies: ['a'], compensate: undo.b ?? shell('true') },
      { id: 'mail', ...shell('true'), dependencies: ['b'], irreversible: true },
      { id: 'c', ...shell('exit 3'), dependencies: ['mail'], on_failure: 'rollback' },
    ],
  });

const toldTo = ({ tasks }: Pick<CliFixtures, 'tasks'>, name: string) => {
  const { type, params } = tasks.operation(name);
  return { type, params };
};

const documentOf = async (provisioning: CliFixtures['provisioning'], id = '@latest'): Promise<RunDocument> =>
  (await provisioning(`workflow status ${id} --json`)).json<RunDocument>();

describe.each(['workflow submit flow.json --wait', 'workflow submit flow.json --follow', 'workflow run flow.json'])(
  '%s of a run that fails and wants to be taken back',
  (command) => {
    test('ends when that is done, with its outcome and the exit code of the failure', async ({
      home,
      provisioning,
      begin,
      tasks,
    }) => {
      home.write('flow.json', failing({ a: toldTo({ tasks }, 'taker') }));
      const waiting = begin(command);
      const taker = await tasks.began('taker');
      const meanwhile = await documentOf(provisioning);
      expect(meanwhile).toMatchObject({ name: 'flow', status: 'failed', rollback: { status: 'running' } });
      const by = meanwhile.rolled_back_by ?? '';
      expect((await provisioning('workflow status @latest')).stdout).toContain(`It is being taken back by run ${by}.`);
      const refused = await provisioning('workflow retry @latest');
      expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining(`is being taken back by run ${by}`)]);
      expect(waiting.child.exitCode).toBeNull();

      taker.tell({ exit: 0 });
      const ended = await waiting.ended;
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain(`Run ${by} takes back what was done.`);
      expect(ended.stderr).toContain('undo-a completed');
      expect(ended.stdout).toContain(`It was taken back by run ${by}.`);
      expect(ended.stdout).toContain('What stays as it is: mail (cannot be taken back).');
    });
  },
);

test('whoever comes while a run is taken back can watch that to its end', async ({
  home,
  provisioning,
  begin,
  tasks,
}) => {
  home.write('flow.json', failing({ a: toldTo({ tasks }, 'taker') }));
  await provisioning('workflow submit flow.json');
  const taker = await tasks.began('taker');
  const monitor = begin('workflow monitor @latest');
  await monitor.saw(/takes back what was done/);
  taker.tell({ exit: 0 });
  const ended = await monitor.ended;
  expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('It was taken back by run')]);
});

test('Ctrl-C stops what a direct command takes back, and the run says how to go on', async ({
  home,
  provisioning,
  begin,
  tasks,
}) => {
  home.write('flow.json', failing({ a: toldTo({ tasks }, 'taker') }));
  const running = begin('workflow run flow.json');
  await tasks.began('taker');
  running.child.kill('SIGINT');
  const ended = await running.ended;
  const { rolled_back_by: by, rollback } = await documentOf(provisioning);
  expect(rollback?.status).toBe('cancelled');
  expect([ended.code, ended.stdout]).toEqual([
    1,
    expect.stringContaining(`Run ${by} was to take it back and was cancelled.`),
  ]);
});

test('a command that is killed while it takes back leaves a run that says so, and is gone on with', async ({
  home,
  provisioning,
  begin,
  tasks,
}) => {
  home.write('flow.json', failing({ a: toldTo({ tasks }, 'taker') }));
  const running = begin('workflow run flow.json');
  const taker = await tasks.began('taker');
  running.child.kill('SIGKILL');
  await running.ended;
  const left = await provisioning('workflow status @latest');
  expect(left.stdout).toMatch(/Run \S+ is to take it back, and nobody attends to that run: its process is gone\./);
  const monitor = begin('workflow monitor @latest');
  await monitor.saw(/takes back what was done/);
  taker.tell({ exit: 0 });
  const ended = await monitor.ended;
  expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('It was taken back by run')]);
});

test('a rollback that fails never counts as one that was done, and is gone on with', async ({ home, provisioning }) => {
  home.write('flow.json', failing({ a: shell('true'), b: shell('test -e ok || { echo cannot >&2; exit 1; }') }));
  const ran = await provisioning('workflow submit flow.json --wait');
  const { workflow_id: id, rolled_back_by: by = '', rollback } = await documentOf(provisioning);
  expect(rollback).toEqual({
    status: 'failed',
    attended: true,
    failures: [{ id: 'undo-b', status: 'failed', message: 'cannot' }],
    irreversible: ['mail'],
    uncompensated: [],
    altered: [],
  });
  const said = `Run ${by} was to take it back and failed: undo-b: cannot.`;
  const todo = `provisioning workflow retry ${by}`;
  const shown = [ran, ...(await Promise.all(['status', 'why'].map((verb) => provisioning(`workflow ${verb} ${id}`))))];
  for (const { stdout } of shown) {
    expect(stdout).toContain(said);
    expect(stdout).toContain(todo);
    expect(stdout).not.toContain('taken back by');
    expect(stdout).not.toContain(`workflow retry ${id}`);
  }
  const refused = await provisioning(`workflow retry ${id}`);
  expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining(todo)]);
  const again = await provisioning(`workflow rollback ${id}`);
  expect(again.code).toBe(1);
  expect(again.stdout).toContain(said);
  expect((await provisioning(`workflow why ${by}`)).stdout).toContain(`It was to take back run ${id}.`);

  home.write('ok', '');
  const retried = await provisioning(`workflow retry ${by} --wait`);
  expect([retried.code, retried.stdout]).toEqual([0, expect.stringContaining(`It took back run ${id}.`)]);
  expect((await provisioning(`workflow status ${id}`)).stdout).toContain(`It was taken back by run ${by}.`);
});

test('what has been taken back says so, to who asks again and to who asks for a plan', async ({
  home,
  provisioning,
}) => {
  home.write('flow.json', failing({ a: shell('true') }));
  await provisioning('workflow run flow.json');
  const { rolled_back_by: by } = await documentOf(provisioning);
  for (const more of ['', '--plan', '--wait', '--plan --wait']) {
    const asked = await provisioning(`workflow rollback @latest ${more}`);
    expect([more, asked.code]).toEqual([more, 0]);
    expect(asked.stdout).toContain(more === '--wait' ? 'It took back run' : `It was taken back by run ${by}.`);
    expect(asked.stdout).not.toContain('Would take back');
  }
  const data = (await provisioning('workflow rollback @latest --plan --json')).json<RollbackDocument>();
  expect(data).toMatchObject({ workflow_id: by, rollback: { status: 'completed' } });
});

test('@latest is the run that failed, not the rollback that came unasked; one that was asked for counts', async ({
  home,
  provisioning,
}) => {
  home.write('flow.json', failing({ a: shell('true') }));
  await provisioning('workflow run flow.json');
  expect((await documentOf(provisioning)).name).toBe('flow');
  expect((await provisioning('workflow why @latest')).stdout).toMatch(
    /^Run flow failed: c failed: it ended with exit code 3\.\n/,
  );
  expect((await provisioning('workflow status @latest --exit-code')).code).toBe(1);
  expect((await provisioning('__complete workflow status @')).stdout).toContain('@latest\tflow, failed\n');

  const calm = failing({ a: shell('true') }).replace('"on_failure":"rollback"', '"on_failure":"fail"');
  home.write('calm.json', calm);
  await provisioning('workflow run calm.json');
  expect((await provisioning('workflow rollback @latest --plan')).stdout).toContain('Would take back 2');
  expect((await provisioning('workflow rollback @latest --yes --wait')).code).toBe(0);
  expect(await documentOf(provisioning)).toMatchObject({ name: 'rollback-flow', status: 'completed' });
});

test('what runs made before stays: a cluster beside the new one, and an app that was only changed', async ({
  home,
  provisioning,
}) => {
  const on = (server: string) => ({
    type: 'taskserv.create',
    params: { name: 'kubernetes', servers: [server], cluster: server },
  });
  const shop = (replicas: number) => ({
    type: 'app.deploy',
    params: { name: 'shop', cluster: 'a', replicas, force: true },
  });
  const made = { a: { ...on('a') }, shop: { ...shop(1), dependencies: ['a'] } };
  const more = {
    b: on('b'),
    shop: shop(2),
    no: { ...shell('false'), dependencies: ['b', 'shop'], on_failure: 'rollback' },
  };
  const flow = (operations: object): string =>
    JSON.stringify({
      name: 'flow',
      rollback_enabled: true,
      operations: Object.entries(operations).map(([id, one]) => ({ id, ...one })),
    });
  await provisioning('server create a b --direct');
  home.write('flow.json', flow(made));
  expect(await provisioning('workflow run flow.json')).toMatchObject({ code: 0 });
  home.write('flow.json', flow(more));
  const ran = await provisioning('workflow run flow.json');
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('What stays as it is: shop (changed what was there before the run).');
  expect((await provisioning('cluster list --json')).json()).toMatchObject([{ name: 'a' }]);
  expect((await provisioning('app list --json')).json()).toMatchObject([{ name: 'shop', definition: { replicas: 2 } }]);
});
