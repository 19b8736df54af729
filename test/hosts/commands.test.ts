import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunDocument, TaskDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { serverOf } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome, connectionsOf, processesOf } from '../rig/leaks.ts';
import { killed } from '../rig/processes.ts';
import { run, start } from '../rig/program.ts';
import type { Ran } from '../rig/program.ts';

const NAMES = ['one', 'two', 'three'];
const CANARY = '/tmp/canary';
const HOSTILE = [
  `it's "$(touch ${CANARY})" \`touch ${CANARY}\` \${HOME}; touch ${CANARY} & | # * ~ \\n`,
  `'; touch ${CANARY}; '`,
  '-n',
  '',
  'two\nlines\té',
];

describe.skipIf(!hostsHere)('one command on servers', () => {
  let hosts: Hosts;
  let home: Home;
  const at = (name: string) => hosts.host(NAMES.indexOf(name) + 1);
  const provisioning = (...args: readonly string[]) => run(home, args);
  const on = (servers: readonly string[], argv: readonly string[], more: object = {}) => ({
    id: 'do',
    type: 'command.run',
    params: { argv, servers, ...more },
  });
  const workflow = (...operations: readonly object[]): void => {
    home.write('do.json', JSON.stringify({ name: 'do', infra: 'real', operations }));
  };
  const execute = (...operations: readonly object[]): Promise<Ran> => {
    workflow(...operations);
    return provisioning('workflow', 'run', 'do.json', '--json');
  };
  const taskOf = async (): Promise<TaskDocument | undefined> =>
    (await provisioning('workflow', 'status', '@latest', '--json')).json<RunDocument>().tasks[0];
  const log = async (): Promise<string> => (await provisioning('workflow', 'logs', '@latest', 'do')).stdout;
  const runningOn = (name: string, what: string): string => hosts.ssh(at(name), `pgrep -fx '${what}' | wc -l`).trim();

  beforeAll(async () => {
    hosts = Hosts.up(NAMES.length);
    home = makeHome();
    const servers = NAMES.map((name) => serverOf(hosts, at(name), name));
    // The second one is reached by sudo, and soon known to be gone.
    servers[1] = {
      ...servers[1],
      params: { ...(servers[1]?.['params'] as object), user: 'admin', connect_timeout: 1 },
    };
    const behind = serverOf(hosts, at('three'), 'behind');
    behind['params'] = { ...(behind['params'] as object), jump: `root@${at('one').address}` };
    home.write(
      'infra/real.json',
      JSON.stringify({ servers: [...servers, behind, { name: 'folder', provider: 'local' }] }),
    );
    const created = await provisioning('server', 'create', '--infra', 'real', '--direct');
    if (created.code !== 0) throw new Error(created.stderr + created.stdout);
  });
  afterAll(async () => {
    await provisioning('orchestrator', 'stop', '--now');
    hosts.down();
    await closeHome(home);
  });

  test.each(['one', 'two', 'folder'])('on %s: arguments, variables and folder arrive as they are', async (name) => {
    const script = 'for a; do printf "[%s]" "$a"; done; printf "%s|" "$X" "$PWD"; id -un; cat';
    const ran = await execute(
      on([name], ['sh', '-c', script, 'sh', ...HOSTILE], { env: { X: HOSTILE[0] }, cwd: '/usr' }),
    );
    expect(ran.json<RunDocument>().tasks[0]).toMatchObject({
      status: 'completed',
      result: { servers: [{ server: name, status: 'completed', exit_code: 0 }] },
    });
    expect(await log()).toBe(`${HOSTILE.map((word) => `[${word}]`).join('')}${HOSTILE[0]}|/usr|root\n`);
    for (const host of hosts.hosts) expect(hosts.ssh(host, `ls ${CANARY} 2>&1 || true`)).toContain('No such file');
    expect(existsSync(CANARY)).toBe(false);
  });

  test.each(['one', 'two', 'folder'])(
    'on %s: its exit code is the task’s, 255 too, and no program is one',
    async (name) => {
      const policy = { retry: { attempts: 2, on_exit_codes: [255], initial_delay: 0 } };
      await execute({ ...on([name], ['sh', '-c', 'echo never again; exit 255']), ...policy });
      expect(await taskOf()).toMatchObject({ status: 'failed', attempts: 2, failure: { message: 'never again' } });
      await execute(on([name], ['no=such-program']));
      expect((await taskOf())?.failure?.message).toMatch(/no=such-program: not found|No such file/);
    },
  );

  test('on several: all at once, each line with its server, each exit code in the result', async () => {
    const script = 'echo "I am $(id -un)"; printf "no newline"';
    const ran = await execute(on([...NAMES, 'folder'], ['sh', '-c', script]));
    expect(ran.code).toBe(0);
    const servers = [...NAMES, 'folder'].map((server) => ({ server, status: 'completed', exit_code: 0 }));
    expect(ran.json<RunDocument>().tasks[0]?.result).toEqual({ servers });
    const lines = (await log()).split('\n');
    for (const name of [...NAMES, 'folder'])
      expect(lines.filter((line) => line.startsWith(`${name}: `))).toEqual([
        `${name}: I am root`,
        `${name}: no newline`,
      ]);
  });

  test('waves stop at the first failure, the failure names it, and a retry goes on with what is left', async () => {
    const script = 'echo x >>/root/times; test -e /root/go || exit 3';
    hosts.ssh(at('one'), 'touch /root/go');
    const ran = await execute({ ...on(NAMES, ['sh', '-c', script]), waves: [1] });
    expect([ran.code, (await taskOf())?.failure?.message]).toEqual([
      1,
      'failed on 1 of 3 servers: two: exit code 3; not tried: three',
    ]);
    for (const host of hosts.hosts) hosts.ssh(host, 'touch /root/go');
    expect((await provisioning('workflow', 'retry', '@latest', '--wait')).code).toBe(0);
    expect((await taskOf())?.result).toMatchObject({ servers: [{ server: 'one', status: 'finished' }, {}, {}] });
    const times = NAMES.map((name) => hosts.ssh(at(name), 'wc -l </root/times; rm /root/times /root/go').trim());
    expect(times).toEqual(['1', '2', '1']);
  });

  test('a server that does not answer is named with the reason; with max_fail_percent the others are still tried', async () => {
    hosts.kill(at('two'));
    const servers = ['two', 'one', 'three'];
    await execute({ ...on(servers, ['touch', '/root/tried']), waves: [1], max_fail_percent: 40 });
    expect((await taskOf())?.failure).toMatchObject({
      reason: 'unreachable',
      message: expect.stringMatching(/^failed on 1 of 3 servers: two: two .*cannot be reached: /) as string,
    });
    for (const name of ['one', 'three']) hosts.ssh(at(name), 'rm /root/tried');
    await execute(on(['two'], ['true']));
    expect((await taskOf())?.failure).toMatchObject({ reason: 'unreachable' });
    hosts.start(at('two'));
    hosts.ssh(at('two'), 'true');
  });

  test('a server that is not there is not found before anything is started', async () => {
    await execute(on(['one', 'thre'], ['touch', '/root/tried']));
    expect((await taskOf())?.failure).toMatchObject({
      code: 'not_found',
      message: 'infra real has no server thre',
      hint: 'Did you mean "three"?',
    });
    expect(hosts.ssh(at('one'), 'ls /root')).toBe('');
  });

  test('only the first step of a run starts Nushell', async () => {
    const nu = home.write(
      `${home.root}/nu`,
      `#!/bin/sh\necho started >>${home.root}/starts\nexec ${join(import.meta.dirname, '../../node_modules/.bin/nu')} "$@"\n`,
    );
    chmodSync(nu, 0o755);
    writeFileSync(`${home.root}/starts`, '');
    const steps = Array.from({ length: 5 }, (_, index) => ({
      ...on(NAMES, ['true']),
      id: `step-${index}`,
      dependencies: index === 0 ? [] : [`step-${index - 1}`],
    }));
    workflow(...steps);
    const ran = await run(home, ['workflow', 'run', 'do.json'], { env: { PROVISIONING_NUSHELL_BINARY: nu } });
    expect(ran.code).toBe(0);
    expect(readFileSync(`${home.root}/starts`, 'utf8')).toBe('started\n');
  });

  test('connections that were killed between two steps are made anew', async () => {
    const first = { ...on(NAMES, ['true']), id: 'first' };
    const between = {
      id: 'between',
      type: 'command.run',
      dependencies: ['first'],
      params: { argv: ['sh', '-c', KILL] },
    };
    const ran = await execute(first, between, { ...on(NAMES, ['true']), dependencies: ['between'] });
    expect(ran.json<RunDocument>().tasks.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  });

  /** Ends the masters of its run, which name their socket where others have their arguments. */
  const KILL = `n=0; for p in /proc/[0-9]*; do
    if grep -qs "^ssh: $PROVISIONING_CONNECTIONS/" $p/cmdline; then kill -9 \${p#/proc/}; n=$((n + 1)); fi; done; test $n = 3`;

  test.each([
    [['one'], 'the connection to one broke while the command ran there: what it did is not known'],
    [['three', 'one'], 'failed on 1 of 2 servers: one: the connection to one broke while the command ran there'],
  ])('a connection that breaks under a command leaves it unknown: %j', async (servers, message) => {
    workflow(on(servers, ['sh', '-c', 'hostname | grep -q h3 || exec sleep 30.5']));
    const running = start(home, ['workflow', 'run', 'do.json', '--json']);
    hosts.ssh(
      at('one'),
      "until pgrep -fx 'sleep 30.5'; do sleep 0.05; done; kill -9 $(ps -o ppid= -p $(pgrep -fx 'sleep 30.5'))",
    );
    expect((await running.ended).code).toBe(11);
    const hint = expect.stringMatching(/^Look .*provisioning workflow resolve ID TASK/) as string;
    expect(await taskOf()).toMatchObject({ status: 'unknown', failure: { message, hint } });
    hosts.ssh(at('one'), "pkill -fx 'sleep 30.5' || true");
  });

  test.each([[['one']], [['two']], [['one', 'two', 'three']]])(
    'cancelling ends the command there, with all that it started: %j',
    async (servers) => {
      workflow(on(servers, ['sh', '-c', "trap 'echo told >/root/told; exit 1' TERM; sleep 31.5 & sleep 31.5 & wait"]));
      const id = (await provisioning('workflow', 'submit', 'do.json', '--quiet')).stdout.trim();
      for (const name of servers)
        hosts.ssh(at(name), "until [ $(pgrep -fx 'sleep 31.5' | wc -l) = 2 ]; do sleep 0.05; done");
      await provisioning('workflow', 'cancel', id);
      await provisioning('workflow', 'monitor', id);
      expect(await taskOf()).toMatchObject({ status: 'cancelled' });
      for (const name of servers) {
        expect(runningOn(name, 'sleep 31.5')).toBe('0');
        expect(hosts.ssh(at(name), 'cat /root/told; rm /root/told')).toBe('told\n');
      }
    },
  );

  test('what takes too long is ended there too', async () => {
    await execute({ ...on(['three'], ['sleep', '32.5']), timeout: 1 });
    expect(await taskOf()).toMatchObject({ status: 'failed', failure: { code: 'timed_out' } });
    expect(runningOn('three', 'sleep 32.5')).toBe('0');
  });

  describe('behind a jump', () => {
    test('what is still opening a connection ends when the task is told to', async () => {
      const opening = () => processesOf(home).filter(({ line }) => line.startsWith('ssh '));
      hosts.partition(at('three'), true);
      workflow(on(['behind'], ['true']));
      const id = (await provisioning('workflow', 'submit', 'do.json', '--quiet')).stdout.trim();
      await vi.waitUntil(() => opening().some(({ line }) => line.includes(' -W ')), { timeout: 60_000 });
      await provisioning('workflow', 'cancel', id);
      await provisioning('workflow', 'monitor', id);
      await vi.waitUntil(() => opening().length === 0, { timeout: 5000 });
      hosts.partition(at('three'), false);
      expect(await taskOf()).toMatchObject({ status: 'cancelled' });
    });

    const sleeping = async (seconds: string, more: object = {}): Promise<string> => {
      workflow({ ...on(['behind'], ['sleep', seconds]), ...more });
      const id = (await provisioning('workflow', 'submit', 'do.json', '--quiet')).stdout.trim();
      hosts.ssh(at('three'), `until pgrep -fx 'sleep ${seconds}'; do sleep 0.05; done`);
      return id;
    };

    test('what takes too long is ended there too', async () => {
      await provisioning('workflow', 'monitor', await sleeping('34.5', { timeout: 15 }));
      expect(await taskOf()).toMatchObject({ status: 'failed', failure: { code: 'timed_out' } });
      expect(runningOn('three', 'sleep 34.5')).toBe('0');
    });

    test('cancelling ends it there, by the connection that stands', async () => {
      const id = await sleeping('35.5');
      await provisioning('workflow', 'cancel', id);
      await provisioning('workflow', 'monitor', id);
      expect(await taskOf()).toMatchObject({ status: 'cancelled' });
      expect(runningOn('three', 'sleep 35.5')).toBe('0');
    });

    /** Takes the way to the host from a command that is going there: its connection has lost its socket. */
    const loseWay = (): (() => void) => {
      const [master] = connectionsOf(home);
      if (master === undefined) throw new Error('there is no connection');
      rmSync(master.line.split(' ')[1] ?? '');
      return () => process.kill(master.pid);
    };

    test('cancelling ends it there, by a new connection where that one is lost', async () => {
      const id = await sleeping('36.5');
      const end = loseWay();
      await provisioning('workflow', 'cancel', id);
      await provisioning('workflow', 'monitor', id);
      end();
      expect(await taskOf()).toMatchObject({ status: 'cancelled' });
      expect(runningOn('three', 'sleep 36.5')).toBe('0');
    });

    test('where it is lost and no new one can be had, nobody says that it has ended', async () => {
      const id = await sleeping('37.5');
      const end = loseWay();
      hosts.partition(at('three'), true);
      await provisioning('workflow', 'cancel', id);
      await provisioning('workflow', 'monitor', id);
      end();
      hosts.partition(at('three'), false);
      expect(await taskOf()).toMatchObject({
        status: 'unknown',
        failure: { message: 'nobody knows whether the command has ended on: behind' },
      });
      hosts.ssh(at('three'), "pkill -fx 'sleep 37.5'");
    });
  });

  /** The task of the run that was cancelled while the host did not answer. */
  const cancelledWithoutThree = async (id: string) => {
    hosts.partition(at('three'), true);
    await provisioning('workflow', 'cancel', id);
    await provisioning('workflow', 'monitor', id);
    hosts.partition(at('three'), false);
    return taskOf();
  };

  test('of several, only those are unknown that do not answer', async () => {
    workflow(on(NAMES, ['sleep', '38.5']));
    const id = (await provisioning('workflow', 'submit', 'do.json', '--quiet')).stdout.trim();
    for (const name of NAMES) hosts.ssh(at(name), "until pgrep -fx 'sleep 38.5'; do sleep 0.05; done");
    expect(await cancelledWithoutThree(id)).toMatchObject({
      status: 'unknown',
      failure: { message: 'nobody knows whether the command has ended on: three' },
    });
    expect(['one', 'two'].map((name) => runningOn(name, 'sleep 38.5'))).toEqual(['0', '0']);
    hosts.ssh(at('three'), "pkill -fx 'sleep 38.5'");
  });

  test('of one that cannot be told to end, nobody says that it has', async () => {
    workflow(on(['three'], ['sleep', '33.5']));
    const id = (await provisioning('workflow', 'submit', 'do.json', '--quiet')).stdout.trim();
    hosts.ssh(at('three'), "until pgrep -fx 'sleep 33.5'; do sleep 0.05; done");
    expect(await cancelledWithoutThree(id)).toMatchObject({
      status: 'unknown',
      failure: { message: expect.stringContaining('three') as string },
    });
    hosts.ssh(at('three'), "pkill -fx 'sleep 33.5'");
  });

  test('an orchestrator that is killed under it: it ends once, and what follows goes on', async () => {
    const script = 'echo x >>/root/times; until test -e /root/go; do sleep 0.05; done';
    workflow(on(NAMES, ['sh', '-c', script]), { ...on(NAMES, ['true']), id: 'then', dependencies: ['do'] });
    const id = (await provisioning('workflow', 'submit', 'do.json', '--quiet')).stdout.trim();
    for (const host of hosts.hosts) hosts.ssh(host, 'until test -s /root/times; do sleep 0.05; done');
    const { pid } = JSON.parse(readFileSync(join(home.dataDir, 'daemon.json'), 'utf8')) as { pid: number };
    await killed(pid);
    for (const host of hosts.hosts) hosts.ssh(host, 'touch /root/go');
    await provisioning('orchestrator', 'start');
    expect((await provisioning('workflow', 'monitor', id)).code).toBe(0);
    for (const host of hosts.hosts) expect(hosts.ssh(host, 'wc -l </root/times; rm /root/times /root/go')).toBe('1\n');
  });

  test('no connection and no file of its way outlives the run', async () => {
    expect((await execute(on(NAMES, ['true']))).code).toBe(0);
    await expect.poll(() => connectionsOf(home)).toEqual([]);
    const folder = join(home.dataDir, 'c');
    await expect.poll(() => (existsSync(folder) ? readdirSync(folder) : [])).toEqual([]);
  });
});
