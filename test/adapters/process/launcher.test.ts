import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { livingOf } from '../../../src/adapters/process/kill.ts';
import { lineOf } from '../../../src/adapters/process/launch-line.ts';
import { createRunner } from '../../../src/adapters/process/runner.ts';
import { claimOf, exitOf, traceOf } from '../../../src/adapters/process/trace.ts';
import { MARKER_VARIABLE } from '../../../src/adapters/process/tree.ts';
import type { End, Launch, Runner } from '../../../src/ports/runner.ts';
import { until } from '../../rig/until.ts';
import { temporaryPaths } from '../../rig/engine.ts';
import { launchersOf, shimsOf } from '../../rig/launchers.ts';
import { isDead, kill, killed, pids, statusOf, stopped, text } from '../../rig/processes.ts';

let home: ReturnType<typeof temporaryPaths>;
let count = 0;

beforeEach(() => {
  home = temporaryPaths();
});

/** Launchers go by themselves; what a test has not waited for would be there in the next one. */
afterEach(async () => {
  await Promise.all(withShims().map(killed));
  home.remove();
});

const launch = (script: string, more: Partial<Launch> = {}): Launch => {
  const marker = `launched-${process.pid}-${count++}`;
  const folder = `${home.root}/tasks/${marker}`;
  return {
    folder,
    marker,
    request: {},
    argv: ['/bin/sh', '-c', script, folder],
    cwd: home.root,
    env: { PATH: '/usr/bin:/bin' },
    ...more,
  };
};

/** Has a name of its own in the list of processes. */
function shell(program = '/bin/sh'): string {
  const folder = join(home.root, program.replaceAll('/', '-'));
  if (!existsSync(folder)) {
    mkdirSync(folder);
    symlinkSync(program, `${folder}/sh`);
  }
  return `${folder}/sh`;
}

/** Starts everything by launchers, or nothing. They stay until a test or its end kills them: nobody has to hurry. */
const launching = (program?: string): Runner =>
  createRunner({ launchers: { shell: shell(program), always: true, idleMs: 600_000 } });
const ended = (runner: Runner, one: Launch): Promise<End> => runner.start(one, () => undefined).ended;
const output = (one: Launch): string => readFileSync(`${one.folder}/output.log`, 'utf8');

/** Empty, where the process or the file is gone. */
function linkOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}
const launchers = (): number[] => launchersOf(home.root);
const gate = (): string => `while [ ! -e ${home.root}/go ]; do sleep 0.02; done`;
const withShims = (): number[] => [...launchers(), ...shimsOf(launchers())];
const isReady = (pid: number): boolean => statusOf(pid, 'NSsid') === String(pid) && linkOf(pid, '1') === '/dev/null';
const shimIsReady = (): Promise<void> => until(() => shimsOf(launchers()).some(isReady), 'the next shim is ready');

const HOSTILE = [
  `'; touch CANARY #`,
  '$(touch CANARY)',
  '`touch CANARY`',
  'a\nb\n',
  "it's",
  `''"'"'`,
  '"',
  '\\',
  '\\\n',
  '-n',
  '*',
  '~',
  '!!',
  '',
  ' ',
  '\t\r\v\f\u0001\u007f\u0080\u0081\u0088\u00ff',
  'Grüße 💥\ud800',
  '${IFS}$$$@$1',
  '&& exit 3',
  '<<E',
  'x'.repeat(20_000),
];

/** What a task sees of the world, in one text. */
const LOOK = `
tr '\\0' '\\n' </proc/$$/environ | sort; pwd -P; umask
grep -E '^(Sig(Blk|Ign|Cgt)|Groups|NoNewPrivs)' /proc/self/status; ulimit -a
ls -l /proc/self/fd | grep -o '[0-9]* -> .*' | grep -Ev '^1 |-> /proc/' | sed "s#$PROVISIONING_ATTEMPT_ID#ID#"
cut -d' ' -f5- /proc/$$/stat | cut -d' ' -f1,2 | sed "s/$PPID/SHIM/g"
for word in "$@"; do printf '[%s]' "$word"; done
`;

describe.skipIf(process.platform !== 'linux')('what is started by a launcher', () => {
  const shells = ['/bin/dash', '/bin/bash', '/usr/bin/busybox'].filter((file) => existsSync(file));

  test.each(shells)('of %s sees, does and leaves the same as what is started directly', async (program) => {
    const cwd = `${home.root}/a 'quoted'\n$folder`;
    mkdirSync(cwd);
    const env = Object.fromEntries(HOSTILE.map((value, index) => [`V${index}`, value]));
    const names = [
      'dir',
      'boot',
      'stat',
      'code',
      'shim',
      'mask',
      'status',
      'path',
      'PATH',
      'LC_ALL',
      'TZ',
      'TERM',
      'HOME',
    ];
    for (const name of names) env[name] = name === 'PATH' ? '/usr/bin:/bin' : 'C';
    const marker = `alike-${process.pid}`;
    const seen: object[] = [];
    for (const runner of [createRunner({ launchers: { shell: shell(program) } }), launching(program)]) {
      const folder = `${home.root}/tasks/${seen.length}/${marker}`;
      const argv = ['/bin/sh', '-c', `${LOOK}exit 9`, 'name', ...HOSTILE];
      const one: Launch = { ...launch(''), folder, marker, cwd, env, argv };
      const end = await ended(runner, one);
      const files = readdirSync(folder).toSorted();
      const printed = output(one).replaceAll(`/tasks/${seen.length}/`, '/tasks/N/');
      seen.push({ end, files, printed, claim: claimOf(folder)?.bootId, recorded: exitOf(folder) });
    }
    expect(launchers()).toHaveLength(1);
    expect(seen[0]).toMatchObject({ end: { kind: 'exited', code: 9 }, printed: expect.stringContaining(`alike-`) });
    expect(seen[1]).toEqual(seen[0]);
    expect(existsSync(`${cwd}/CANARY`)).toBe(false);
  });

  test.each(shells)(
    'of %s reads a script with its arguments, in a process of its own that can be told to end',
    async (program) => {
      const script = `${home.root}/a 'quoted' script.sh`;
      writeFileSync(
        script,
        `trap 'echo told; exit 7' TERM; for word in "$@"; do printf '[%s]' "$word"; done
[ "$1" != wait ] || { : >"${home.root}/began"; while :; do sleep 0.02; done; }; exit 4`,
      );
      for (const runner of [createRunner({ launchers: { shell: shell(program) } }), launching(program)]) {
        const one = { ...launch(''), script, argv: HOSTILE };
        expect(await ended(runner, one)).toEqual({ kind: 'exited', code: 4 });
        const said = HOSTILE.map((word) => `[${Buffer.from(word).toString()}]`).join('');
        expect(output(one)).toBe(said);
        const told = { ...launch(''), script, argv: ['wait'] };
        const end = ended(runner, told);
        await until(() => existsSync(`${home.root}/began`), 'it waits');
        await runner.kill(told, 10_000);
        expect(await end).toEqual({ kind: 'exited', code: 7 });
        // Some shells say how their `sleep` has ended.
        expect(output(told)).toMatch(/^\[wait\](?:Terminated\n)?told\n$/);
        rmSync(`${home.root}/began`);
      }
    },
  );

  test.each(shells)('of %s: a signal that ends the shim is no end of its task', async (program) => {
    for (const runner of [createRunner({ launchers: { shell: shell(program) } }), launching(program)]) {
      const one = launch(`trap '' USR1; kill -USR1 0; ${gate()}; exit 7`);
      const end = ended(runner, one);
      const shim = (): number => claimOf(one.folder)?.pid ?? 0;
      await until(() => shim() !== 0 && isDead(shim()), 'its shim is dead');
      expect(livingOf(one).length).toBeGreaterThan(0);
      writeFileSync(`${home.root}/go`, '');
      expect(await end).toEqual({ kind: 'gone', reason: 'died' });
      rmSync(`${home.root}/go`);
    }
  });

  test.each([
    ['its folder', 'rm -rf "$0"', { kind: 'exited', code: 0 }],
    ['its folder, and says 125', 'rm -rf "$0"; exit 125', { kind: 'exited', code: 125 }],
    ['all that is in its folder', 'rm -rf "$0"/*; exit 3', { kind: 'exited', code: 3 }],
  ])('a task that removes %s has run, once', async (_name, script, expected) => {
    for (const runner of [createRunner(), launching()]) expect(await ended(runner, launch(script))).toEqual(expected);
  });

  test.each([true, false])(
    'a task that removed its claim is seen while it runs (%s), and can be stopped',
    async (isAsked) => {
      for (const runner of [createRunner(), launching()]) {
        const one = launch(`rm "$0"/claim; touch ${home.root}/began; exec sleep 300`);
        const end = ended(runner, one);
        await until(() => existsSync(`${home.root}/began`), 'it runs');
        if (isAsked) expect(traceOf(one.folder, one.marker)).toEqual({ kind: 'alive' });
        await runner.kill(one, 100);
        expect(livingOf(one)).toEqual([]);
        await end;
        rmSync(`${home.root}/began`);
      }
    },
  );

  test('a task whose traces were taken away is not taken for one that never began: another engine sees it run', async () => {
    for (const runner of [createRunner(), launching()]) {
      const one = launch(`trap '' USR1; rm -rf "$0"; kill -USR1 0; touch ${home.root}/began; ${gate()}`);
      const end = ended(runner, one);
      await until(() => existsSync(`${home.root}/began`), 'it runs');
      const adopted = createRunner().adopt(one, () => undefined).ended;
      await until(() => existsSync(`${one.folder}/claim`), 'the other engine has looked');
      writeFileSync(`${home.root}/go`, '');
      expect(await adopted).toEqual({ kind: 'gone', reason: 'died' });
      await end;
      for (const name of ['began', 'go']) rmSync(`${home.root}/${name}`);
    }
  });

  test('processes that replace themselves all the time do not get away', async () => {
    const next = `${home.root}/next.sh`;
    writeFileSync(next, `#!/bin/sh\n[ -e ${home.root}/stop ] || { "$0" & }\n`, { mode: 0o755 });
    for (const runner of [createRunner(), launching()]) {
      const one = launch(`for chain in 1 2 3; do ${next}; done; exec sleep 300`);
      const end = ended(runner, one);
      await until(() => livingOf(one).length >= 2, 'it runs');
      await runner.kill(one, 0);
      expect(livingOf(one)).toEqual([]);
      await end;
    }
    writeFileSync(`${home.root}/stop`, '');
  });

  test.each([
    ['a NUL', { argv: ['echo', 'a\0b'] }],
    ['a long argument', { argv: ['echo', 'x'.repeat(130_000)] }],
    ['a long environment', { env: { A: 'x'.repeat(130_000) } }],
    ['a name that no shell has', { env: { 'a.b': '1' } }],
    ['a name that begins with a digit', { env: { '1a': '1' } }],
    ['a folder that is not absolute', { cwd: 'here' }],
    ...[
      'PWD',
      'OLDPWD',
      'IFS',
      'OPTIND',
      'PPID',
      'UID',
      'PS1',
      'ENV',
      'BASH_ENV',
      'SHELLOPTS',
      'SHLVL',
      '_',
      'RANDOM',
    ].map((name) => [`a variable that is the shell's: ${name}`, { env: { [name]: '1' } }] as const),
  ] as readonly [string, Partial<Launch>][])('%s cannot be said to a launcher', (_name, more) => {
    expect(lineOf(launch('true', more))).toBeUndefined();
    expect(lineOf(launch('true'))).toBeDefined();
  });

  test('what cannot be said to it is started directly, and fails in the same words', async () => {
    const runner = launching();
    await ended(runner, launch('true'));
    const nul = await ended(runner, launch('', { argv: ['echo', 'a\0b'] }));
    expect(nul).toEqual(await ended(createRunner(), launch('', { argv: ['echo', 'a\0b'] })));
    const missing = launch('true', { cwd: `${home.root}/missing` });
    expect(await ended(runner, missing)).toEqual({ kind: 'unstartable', reason: expect.stringContaining('no folder') });
    const special = launch('echo "$OPTIND"', { env: { PATH: '/usr/bin:/bin', PS4: "it's" } });
    expect(await ended(runner, special)).toEqual({ kind: 'exited', code: 0 });
  });

  test('only after a short one, so that one task, or long ones, cost no process besides', async () => {
    const runner = createRunner({ launchers: { shell: shell(), shortMs: 60_000, idleMs: 600_000 } });
    const long = launch(`while [ ! -e ${home.root}/go ]; do sleep 0.02; done`);
    const [first, second] = [ended(runner, long), ended(runner, { ...long, ...folderOf('second') })];
    await until(() => claimOf(long.folder) !== undefined, 'it runs');
    expect(launchers()).toEqual([]);
    const short = launch('true');
    expect(await ended(runner, short)).toEqual({ kind: 'exited', code: 0 });
    expect(launchers()).toEqual([]);
    expect(await ended(runner, launch('true'))).toEqual({ kind: 'exited', code: 0 });
    expect(launchers()).toHaveLength(1);
    writeFileSync(`${home.root}/go`, '');
    expect([await first, await second]).toEqual([
      { kind: 'exited', code: 0 },
      { kind: 'exited', code: 0 },
    ]);
  });

  test('a launcher knows no secret, holds no file, and is of no group that a terminal reaches', async () => {
    const runner = launching();
    await ended(runner, launch('true', { env: { SECRET: 'hunter2', PATH: '/usr/bin:/bin' } }));
    await shimIsReady();
    // What this process was started with, and does not know of, its children have too.
    const inherited = (pid: number, fd: string): boolean =>
      Number(fd) > 15 && linkOf(pid, fd) === linkOf(process.pid, fd);
    const filesOf = (pid: number): string[] =>
      readdirSync(`/proc/${pid}/fd`)
        .filter((fd) => !inherited(pid, fd))
        .map((fd) => linkOf(pid, fd).replace(/:.*/, ''));
    for (const pid of withShims()) {
      expect(text(`/proc/${pid}/environ`)).not.toContain('hunter2');
      expect(text(`/proc/${pid}/cmdline`)).not.toMatch(/hunter2|launched-/);
      expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
      expect(statusOf(pid, 'NSsid')).toBe(String(pid));
      expect(new Set(filesOf(pid))).toEqual(new Set(['socket', '/dev/null']));
    }
    const one = launch(gate(), { env: { SECRET: 'hunter2', PATH: '/usr/bin:/bin' } });
    const end = ended(runner, one);
    await until(() => livingOf(one).length >= 2, 'its task runs');
    const shim = claimOf(one.folder)?.pid ?? 0;
    for (const file of ['environ', 'cmdline']) expect(text(`/proc/${shim}/${file}`)).not.toContain('hunter2');
    writeFileSync(`${home.root}/go`, '');
    expect(await end).toEqual({ kind: 'exited', code: 0 });
  });

  test('a thousand tasks leave no dead process behind, and launchers do not grow', async () => {
    const runner = launching();
    const memory = (): number => launchers().reduce((sum, pid) => sum + parseInt(statusOf(pid, 'RssAnon'), 10), 0);
    const run = async (tasks: number): Promise<void> => {
      const one = async (): Promise<void> => {
        while (tasks-- > 0)
          expect(await ended(runner, launch('', { argv: ['true'] }))).toEqual({ kind: 'exited', code: 0 });
      };
      await Promise.all(Array.from({ length: 10 }, one));
    };
    await run(100);
    const before = memory();
    await run(900);
    expect(launchers()).toHaveLength(10);
    const parents = new Set([...launchers(), process.pid].map(String));
    const unburied = (): number[] => pids().filter((pid) => isDead(pid) && parents.has(statusOf(pid, 'PPid')));
    // The last shims have said how their tasks ended, and then end.
    await until(() => unburied().length === 0, 'the last ones are buried');
    expect(memory()).toBeLessThanOrEqual(before + 10 * 64);
  });

  test('launchers go when there is nothing to do, and keep no process from ending', async () => {
    const runner = new URL('../../../src/adapters/process/runner.ts', import.meta.url).href;
    const program = `
      const { createRunner } = await import(${JSON.stringify(runner)});
      const runner = createRunner({ launchers: { shell: ${JSON.stringify(shell())}, always: true } });
      const more = { request: {}, argv: ['true'], cwd: '/', env: {} };
      for (let i = 0; i < 3; i++) await runner.start({ folder: '${home.root}/t' + i, marker: 'm', ...more }, () => {}).ended;`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    await until(() => launchers().length === 0, 'its launcher has gone');
    await ended(createRunner({ launchers: { shell: shell(), always: true, idleMs: 8000 } }), launch('true'));
    expect(launchers()).toHaveLength(1);
    await until(() => launchers().length === 0, 'ours has gone');
  });
});

/** Its launcher has the line, and neither that nor the next shim goes on. */
async function toldWhileStopped(runner: Runner): Promise<{ readonly one: Launch; readonly end: Promise<End> }> {
  await ended(runner, launch('true'));
  await shimIsReady();
  await Promise.all(withShims().map(stopped));
  const one = launch(`touch ${home.root}/canary`);
  return { one, end: ended(runner, one) };
}

/** The shim first: it would put on record how its task was killed. */
function killWithShim(one: Launch): void {
  kill(claimOf(one.folder)?.pid ?? 0);
  for (const pid of livingOf(one)) kill(pid);
}

const folderOf = (name: string): Pick<Launch, 'folder' | 'marker'> => ({
  folder: `${home.root}/tasks/${name}`,
  marker: name,
});

test('what the shell has a command of its own for is a program all the same', async () => {
  for (const [way, runner] of Object.entries({ direct: createRunner(), launching: launching() })) {
    const echo = { ...launch('', folderOf(`echo-${way}`)), argv: ['echo', 'a\\tb'] };
    expect([await ended(runner, echo), output(echo)]).toEqual([{ kind: 'exited', code: 0 }, 'a\\tb\n']);
    const exit = { ...launch('', folderOf(`exit-${way}`)), argv: ['exit', '3'] };
    expect(await ended(runner, exit)).toEqual({ kind: 'exited', code: 127 });
  }
});

describe.skipIf(process.platform !== 'linux')('a launcher that is killed', () => {
  const killLaunchers = async (doomed = launchers()): Promise<void> => {
    await Promise.all(doomed.map(killed));
    // Then the engine knows. What is not our child may wait for its burial for as long as process 1 likes.
    await until(() => doomed.every((pid) => statusOf(pid, 'PPid') !== String(process.pid)), 'ours are buried');
  };

  test('while its task runs takes nothing with it: the end is on record, and the next one starts', async () => {
    const runner = launching();
    const one = launch(`${gate()}; exit 4`);
    const end = ended(runner, one);
    await until(() => livingOf(one).length >= 2, 'its task runs');
    await killLaunchers();
    writeFileSync(`${home.root}/go`, '');
    expect(await end).toEqual({ kind: 'exited', code: 4 });
    expect(await ended(runner, launch('exit 5'))).toEqual({ kind: 'exited', code: 5 });
  });

  test('with nothing to do is not missed', async () => {
    const runner = launching();
    await ended(runner, launch('true'));
    await killLaunchers();
    expect(await ended(runner, launch('exit 6'))).toEqual({ kind: 'exited', code: 6 });
  });

  test('before it began what it was told leaves an attempt that never runs; the next one goes without one', async () => {
    const runner = launching();
    const { end } = await toldWhileStopped(runner);
    await killLaunchers(withShims());
    expect(await end).toMatchObject({ kind: 'unclaimed' });
    expect(existsSync(`${home.root}/canary`)).toBe(false);
    expect(await ended(runner, launch('exit 7'))).toEqual({ kind: 'exited', code: 7 });
    expect(launchers()).toEqual([]);
    await ended(runner, launch('true'));
    expect(launchers()).toHaveLength(1);
  });

  test('with the shim and the task leaves what nobody knows', async () => {
    const runner = launching();
    const one = launch('exec sleep 300');
    const end = ended(runner, one);
    await until(() => livingOf(one).length >= 2, 'its task runs');
    killWithShim(one);
    await killLaunchers();
    expect(await end).toEqual({ kind: 'gone', reason: 'died' });
  });
});

test('a shim that is killed is no task that ended by a signal', async () => {
  const runner = launching();
  const one = launch('exec sleep 300');
  const end = ended(runner, one);
  await until(() => livingOf(one).length >= 2, 'its task runs');
  kill(claimOf(one.folder)?.pid ?? 0);
  await until(() => livingOf(one).length === 1, 'only the task is left');
  for (const pid of livingOf(one)) kill(pid);
  expect(await end).toEqual({ kind: 'gone', reason: 'died' });
  expect(await ended(runner, launch('kill -9 $$'))).toEqual({ kind: 'exited', code: 137 });
});

test.each(['direct', 'launching'])(
  'a shim (%s) that lives is seen, though its claim is not written yet',
  async (way) => {
    const runner = way === 'direct' ? createRunner() : launching();
    const one = launch('exec sleep 300');
    const end = ended(runner, one);
    await until(() => livingOf(one).length >= 2, 'its task runs');
    const shim = claimOf(one.folder)?.pid ?? 0;
    await stopped(shim);
    truncateSync(`${one.folder}/claim`);
    for (const pid of livingOf(one)) if (pid !== shim) kill(pid);
    await until(() => livingOf(one).length === 1, 'only the shim is left');
    expect(livingOf(one)).toEqual([shim]);
    expect(traceOf(one.folder, one.marker)).toEqual({ kind: 'alive' });
    kill(shim);
    await end;
  },
);

test('an attempt that is revoked, or killed, before its launcher comes to it never runs', async () => {
  const runner = launching();
  const { one, end } = await toldWhileStopped(runner);
  await runner.kill(one, 0);
  for (const pid of withShims()) process.kill(pid, 'SIGCONT');
  expect(await end).toMatchObject({ kind: 'unclaimed' });
  expect(existsSync(`${home.root}/canary`)).toBe(false);
});

test('where no launcher can be made, what cannot be started either says why', async () => {
  const runner = createRunner({ launchers: { shell: `${home.root}/missing`, always: true } });
  const reason = expect.stringContaining('ENOENT');
  expect(await ended(runner, launch('true'))).toEqual({ kind: 'unstartable', reason });
});

test('without descriptors for a launcher the attempt is what it would have been: it runs, or later', async () => {
  const runner = new URL('../../../src/adapters/process/runner.ts', import.meta.url).href;
  const one = launch('exit 3');
  const program = `
    import { closeSync, openSync } from 'node:fs';
    const { createRunner } = await import(${JSON.stringify(runner)});
    const runner = createRunner({ launchers: { shell: ${JSON.stringify(shell())}, always: true } });
    const taken = [];
    try { for (;;) taken.push(openSync('/dev/null')); } catch { for (const fd of taken.splice(-2)) closeSync(fd); }
    const end = await runner.start(${JSON.stringify(one)}, () => {}).ended;
    for (const fd of taken) closeSync(fd);
    console.log(JSON.stringify(end));`;
  const command = `ulimit -n 60; exec "$0" --input-type=module -e "$1"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  expect(await once(child, 'close')).toEqual([0, null]);
  const end = JSON.parse(said) as { kind: string };
  expect(end).toMatchObject(end.kind === 'exited' ? { code: 3 } : { kind: 'unclaimed', later: true });
});

test('a kill ends the whole tree of what a launcher started, and what comes next is started all the same', async () => {
  const runner = launching();
  const one = launch('trap "" TERM; setsid sleep 300 & (sleep 300 &) ; sleep 300');
  const end = ended(runner, one);
  const alive = (): number[] => livingOf(one);
  await until(() => alive().length >= 4, 'its tree stands');
  await runner.kill(one, 50);
  expect(alive()).toEqual([]);
  expect((await end).kind).toBe('gone');
  expect(await ended(runner, launch('exit 8'))).toEqual({ kind: 'exited', code: 8 });
});

test('when its engine is killed, a task goes on, its end is on record, and its launcher goes after it', async () => {
  const runner = new URL('../../../src/adapters/process/runner.ts', import.meta.url).href;
  const one = { ...launch(''), argv: ['/bin/sh', '-c', `while [ ! -e ${home.root}/go ]; do sleep 0.02; done; exit 3`] };
  const program = `
    const { createRunner } = await import(${JSON.stringify(runner)});
    createRunner({ launchers: { shell: ${JSON.stringify(shell())}, always: true } }).start(${JSON.stringify(one)}, () => {});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until(() => claimOf(one.folder) !== undefined, 'it runs');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(launchers()).toHaveLength(1);
  const adopted = createRunner().adopt(one, () => undefined);
  writeFileSync(`${home.root}/go`, '');
  expect(await adopted.ended).toEqual({ kind: 'exited', code: 3 });
  await until(() => launchers().length === 0, 'its launcher has gone');
  expect(MARKER_VARIABLE in process.env).toBe(false);
});
