import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';
import { CTRL_C, hasTerminals, onTerminal } from '../rig/on-terminal.ts';

test('destroying without a terminal needs --yes, and says the word', async ({ provisioning }) => {
  await provisioning('server create web-1 --direct');
  const refused = await provisioning('server delete web-1 --direct');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--yes');
  expect((await provisioning('server list --quiet')).stdout).toBe('web-1\n');
  expect((await provisioning('server delete web-1 --direct --yes')).code).toBe(0);
  expect((await provisioning('server list --quiet')).stdout).toBe('');
});

test('destroying wants names or --all', async ({ provisioning }) => {
  await provisioning('server create web-1 web-2 --direct');
  const nothing = await provisioning('server delete --direct --yes');
  expect(nothing.code).toBe(2);
  expect(nothing.stderr).toContain('--all');
  expect((await provisioning('server delete web-1 --all --direct --yes')).code).toBe(2);
  expect((await provisioning('server delete --all --direct --yes')).code).toBe(0);
  expect((await provisioning('server list --json')).json()).toEqual([]);
});

test('what does not exist is not found, with a suggestion', async ({ provisioning }) => {
  await provisioning('server create web-1 --direct');
  const ran = await provisioning('server delete web-2 --direct --yes --json');
  expect(ran.code).toBe(4);
  expect(ran.json()).toMatchObject({ error: { code: 'not_found', hint: 'Did you mean "web-1"?' } });
});

test('help does not say that delete without a name takes all', async ({ provisioning }) => {
  for (const command of ['server delete', 'app remove']) {
    const { stdout } = await provisioning(`help ${command}`);
    expect(stdout).toContain('without any, --all is needed');
    expect(stdout).not.toContain('without any: all');
  }
});

test('a server that a run still needs is kept, and the run and the way out are named', async ({
  home,
  provisioning,
  tasks,
}) => {
  await provisioning('server create web-1 --direct');
  const after = { id: 'say', type: 'command.run', dependencies: ['a'], params: { argv: ['true'], servers: ['web-1'] } };
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a'), after] }));
  const [id = ''] = (await provisioning('workflow submit flow.json --quiet')).stdout.split('\n');
  const a = await tasks.began('a');
  const refused = await provisioning('server delete web-1 --direct --yes');
  expect([refused.code, refused.stderr]).toEqual([
    6,
    expect.stringContaining(`server "web-1" is in use by run ${id} (running), whose task say (command.run) is pending`),
  ]);
  expect(refused.stderr).toContain(`provisioning workflow cancel ${id}`);
  expect((await provisioning('server delete --all --yes --orchestrated')).code).toBe(6);
  a.tell({ exit: 0 });
  expect((await provisioning(`workflow monitor ${id}`)).code).toBe(0);
  expect((await provisioning('server delete web-1 --direct --yes')).code).toBe(0);
});

test.runIf(hasTerminals)(
  'Ctrl-C at the question does nothing, and says so on a line of its own',
  async ({ home, provisioning }) => {
    await provisioning('server create web-1 --direct');
    const terminal = await onTerminal(home, ['server', 'delete', 'web-1'], { env: { NO_COLOR: '1' } });
    await terminal.saw(/\[y\/N\]/);
    terminal.type(CTRL_C);
    expect(await terminal.exited).toBe(8);
    expect(terminal.shown()).toMatch(/^error: Nothing was done/m);
    expect((await provisioning('server list --quiet')).stdout).toBe('web-1\n');
  },
);

test.runIf(hasTerminals)(
  'a service is taken off some servers only, and the question names them',
  async ({ home, provisioning }) => {
    const on = (server: string) => ({
      id: server,
      type: 'taskserv.create',
      params: { name: 'kubernetes', servers: [server] },
    });
    home.write(
      'flow.json',
      JSON.stringify({ name: 'flow', operations: [on('a'), { ...on('b'), dependencies: ['a'] }] }),
    );
    await provisioning('server create a b --direct');
    expect(await provisioning('workflow run flow.json')).toMatchObject({ code: 0 });
    const terminal = await onTerminal(home, ['taskserv', 'delete', 'kubernetes', '--servers', 'b', '--direct']);
    await terminal.saw(/Delete taskserv of infra default: kubernetes from b\? \[y\/N\]/);
    terminal.type('y\r');
    expect(await terminal.exited).toBe(0);
    const [left] = (await provisioning('taskserv show kubernetes --json')).json<[{ definition: object }]>();
    expect(left.definition).toMatchObject({ servers: ['a'] });
  },
);
