import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { livingOf } from '../../../src/adapters/process/kill.ts';
import { createRunner } from '../../../src/adapters/process/runner.ts';
import { claimOf, exitOf, revoke, traceOf } from '../../../src/adapters/process/trace.ts';
import { bootId } from '../../../src/adapters/process/tree.ts';
import { fenceOf } from '../../../src/domain/fence.ts';
import type { Launch, Report } from '../../../src/ports/runner.ts';
import { temporaryPaths } from '../../rig/engine.ts';
import { canMount } from '../../rig/mount.ts';
import { kill, text } from '../../rig/processes.ts';

let home: ReturnType<typeof temporaryPaths>;
let count = 0;
const runner = createRunner();

beforeEach(() => {
  home = temporaryPaths();
});

afterEach(() => {
  home.remove();
});

const launch = (script: string, more: Partial<Launch> = {}): Launch => {
  const marker = `test-${process.pid}-${count++}`;
  const folder = `${home.root}/${marker}`;
  const env = { PATH: '/usr/bin:/bin' };
  return { folder, marker, request: { a: 1 }, argv: ['sh', '-c', script], cwd: home.root, env, ...more };
};
const ignore = (): undefined => undefined;
const printed = ({ folder }: Launch): string => text(`${folder}/output.log`);

test('an attempt finds its request, leaves its output and exit code, and nothing else runs', async () => {
  const attempt = launch('cat "$0/request.json"; echo done; echo bad >&2; exit 7');
  const withFolder = { ...attempt, argv: [...attempt.argv, attempt.folder] };
  await expect(runner.start(withFolder, ignore).ended).resolves.toEqual({ kind: 'exited', code: 7 });
  expect(readFileSync(`${attempt.folder}/output.log`, 'utf8')).toBe('{"a":1}done\nbad\n');
  expect(exitOf(attempt.folder)).toEqual({ kind: 'exited', code: 7 });
  await expect.poll(() => livingOf(attempt)).toEqual([]);
});

test('a program that is missing is exit code 127, a folder that is missing is unstartable', async () => {
  await expect(runner.start(launch('', { argv: ['no-such-program'] }), ignore).ended).resolves.toEqual({
    kind: 'exited',
    code: 127,
  });
  const end = await runner.start(launch('true', { cwd: `${home.root}/missing` }), ignore).ended;
  const file = await runner.start(launch('true', { cwd: '/etc/passwd' }), ignore).ended;
  for (const one of [end, file])
    expect(one).toEqual({
      kind: 'unstartable',
      reason: expect.stringMatching(/^there is no folder \/.*that this user may enter$/),
    });
});

test('an argument that no system call takes is unstartable, not a crash', async () => {
  const nul = await runner.start(launch('', { argv: ['echo', 'a\0b'] }), ignore).ended;
  const long = await runner.start(launch('', { argv: ['echo', 'x'.repeat(3_000_000)] }), ignore).ended;
  expect([nul.kind, long.kind]).toEqual(['unstartable', 'unstartable']);
});

test('arguments arrive as they are, whatever they look like', async () => {
  const canary = `${home.root}/canary`;
  const hostile = [`'; touch ${canary} #`, `$(touch ${canary})`, '`id`', 'a\nb', '"', '\\', '*', ''];
  const attempt = launch('', { argv: ['printf', '%s|', ...hostile] });
  await runner.start(attempt, ignore).ended;
  expect(readFileSync(`${attempt.folder}/output.log`, 'utf8')).toBe(hostile.map((text) => `${text}|`).join(''));
  expect(existsSync(canary)).toBe(false);
});

test('a revoked attempt never runs its task', async () => {
  const canary = `${home.root}/canary`;
  const attempt = launch(`touch ${canary}`);
  expect(revoke(attempt.folder)).toBe(true);
  const end = await runner.start(attempt, ignore).ended;
  expect(end.kind).toBe('unclaimed');
  expect(existsSync(canary)).toBe(false);
});

test('killing ends the whole tree: children, and grandchildren that left the session', async () => {
  const attempt = launch('setsid sleep 300 & (sleep 300 &) ; trap "" TERM; echo up; sleep 300');
  const running = runner.start(attempt, ignore);
  // It is deaf to TERM only when it has said so.
  await waitFor(() => printed(attempt) === 'up\n' && livingOf(attempt).length >= 4);
  await runner.kill(attempt, 100);
  expect(livingOf(attempt)).toEqual([]);
  expect((await running.ended).kind).toBe('gone');
});

test.each([
  ['failed', 1, []],
  ['ended well', 0, ['sleep']],
] as const)('of an attempt that %s, what runs on is %s', async (_, code, left) => {
  const inTask = (number: number): string => `${home.root}/task/${number}-test-${process.pid}-left-${number}`;
  const first = launch(`sleep 300 & exit ${code}`, { folder: inTask(1), marker: `test-${process.pid}-left-1` });
  await runner.start(first, ignore).ended;
  const names = (): string[] => livingOf(first).map((pid) => text(`/proc/${pid}/comm`).trim());
  await expect.poll(names).toEqual(['sleep']);
  await runner.clear(inTask(2), 0);
  expect(names()).toEqual(left);
  for (const pid of livingOf(first)) kill(pid);
});

test('a task that obeys TERM has its exit code on record', async () => {
  const attempt = launch('trap "exit 3" TERM; echo up; while :; do sleep 0.05; done');
  const running = runner.start(attempt, ignore);
  await waitFor(() => printed(attempt) === 'up\n');
  await runner.kill(attempt, 10_000);
  await expect(running.ended).resolves.toEqual({ kind: 'exited', code: 3 });
});

test('when the shim is killed, the attempt has ended only when its task is gone, and nobody knows how', async () => {
  const attempt = launch('exec sleep 300');
  const running = runner.start(attempt, ignore);
  await waitFor(() => claimOf(attempt.folder) !== undefined && livingOf(attempt).length >= 2);
  kill(claimOf(attempt.folder)?.pid ?? 0);
  await waitFor(() => livingOf(attempt).length === 1);
  expect(traceOf(attempt.folder, attempt.marker)).toEqual({ kind: 'alive' });
  for (const pid of livingOf(attempt)) kill(pid);
  await expect(running.ended).resolves.toEqual({ kind: 'gone', reason: 'died' });
});

test('another engine adopts a task that lives, and sees how it ends', async () => {
  const attempt = launch(`while [ ! -e ${home.root}/go ]; do sleep 0.02; done; exit 5`);
  const first = runner.start(attempt, ignore);
  await waitFor(() => livingOf(attempt).length >= 2);
  const second = createRunner().adopt(attempt, ignore);
  writeFileSync(`${home.root}/go`, '');
  await expect(second.ended).resolves.toEqual({ kind: 'exited', code: 5 });
  await first.ended;
});

const NEVER_BEGAN = { kind: 'unclaimed', reason: 'its process ended before the task began' };
const [DIED, REBOOT] = [{ kind: 'gone', reason: 'died' } as const, { kind: 'gone', reason: 'reboot' } as const];
const HERE = fenceOf('nobody', bootId());
const ELSEWHERE = fenceOf('nobody', 'other-boot');

describe('the traces of', () => {
  test.each([
    ['no folder at all', HERE, {}, { kind: 'unclaimed', reason: 'its engine ended before the process began' }],
    ['no folder, after a boot that may have taken it', ELSEWHERE, {}, REBOOT],
    ['a revoked attempt', HERE, { claim: 'revoked\n' }, { kind: 'unclaimed', reason: 'it was revoked' }],
    ['an attempt revoked before a boot', ELSEWHERE, { claim: 'revoked\n' }, { kind: 'unclaimed' }],
    ['a claim of another boot', 'nobody', { claim: '4 other-boot S 1' }, REBOOT],
    ['a claim whose process is gone', HERE, { claim: '%DEAD' }, DIED],
    ['an empty claim and no process', HERE, { claim: '' }, NEVER_BEGAN],
    ['an empty claim after a boot that may have emptied it', ELSEWHERE, { claim: '' }, REBOOT],
    ['an empty claim of nobody knows which boot', 'nobody', { claim: '' }, DIED],
    ['a claim cut off', HERE, { claim: '4194000' }, DIED],
    ['a claim of garbage', HERE, { claim: '\0\0\0\0' }, DIED],
    ['an end on record', HERE, { claim: '%DEAD\n\nexit 4\n' }, { kind: 'exited', code: 4 }],
    ['an end from before a boot', ELSEWHERE, { claim: '4 other-boot S 1\n\nexit 4\n' }, { kind: 'exited', code: 4 }],
    ['an end whose claim was lost', HERE, { claim: '\nexit 4\n' }, { kind: 'exited', code: 4 }],
    ['an end behind a claim of garbage', HERE, { claim: '\0\0\0\0\nexit 4\n' }, { kind: 'exited', code: 4 }],
    ['an end without its line feed', HERE, { claim: '%DEAD\nexit 4' }, DIED],
    ['an end cut off', HERE, { claim: '%DEAD\nexit ' }, DIED],
    ['an end that another one follows', HERE, { claim: '%DEAD\nexit 4\nexi' }, DIED],
    ['an end that is no number', HERE, { claim: '%DEAD\nexit x\n' }, DIED],
    ['an exit file instead', HERE, { claim: '%DEAD', exit: '{"exit":4}\n' }, { kind: 'exited', code: 4 }],
    ['such a file from before a boot', ELSEWHERE, { exit: '{"exit":4}\n' }, { kind: 'exited', code: 4 }],
    ['such a file, torn', HERE, { claim: '%DEAD', exit: '{"exi' }, DIED],
    ['such a file, empty', HERE, { claim: '%DEAD', exit: '' }, DIED],
    ['such a file of another kind', HERE, { claim: '%DEAD', exit: '[1]' }, DIED],
  ] as readonly [string, string, { claim?: string; exit?: string }, object][])(
    '%s',
    (_name, fence, files, expected) => {
      const folder = `${home.root}/traces`;
      if (files.claim !== undefined || files.exit !== undefined) mkdirSync(folder);
      if (files.claim !== undefined)
        writeFileSync(`${folder}/claim`, files.claim.replace('%DEAD', `4194000 ${bootId()} S 1 1`));
      if (files.exit !== undefined) writeFileSync(`${folder}/exit.json`, files.exit);
      expect(traceOf(folder, fence)).toMatchObject(expected);
    },
  );
});

test.skipIf(!canMount)('an end that finds no room is what the shim says while its engine lives', async () => {
  // Nothing more can be written behind the claim, nor in place of it. 125 is also what a shim says that finds its attempt revoked.
  const attempt = launch(
    'mkdir "$0/exit.json"; mount --bind "$0/claim" "$0/claim" && mount -o remount,ro,bind "$0/claim"; exit 125',
  );
  const end = await runner.start({ ...attempt, argv: [...attempt.argv, attempt.folder] }, ignore).ended;
  execFileSync('umount', ['-l', `${attempt.folder}/claim`]);
  expect(exitOf(attempt.folder)).toBeUndefined();
  expect(end).toEqual({ kind: 'exited', code: 125 });
});

test('what a task leaves in place of its files cannot be mistaken for them, and blocks nobody', async () => {
  const script = 'mkfifo "$0/result.json"; mkdir "$0/failure.json"; ln -s /dev/zero "$0/checkpoint.json"';
  const attempt = launch(script);
  await runner.start({ ...attempt, argv: [...attempt.argv, attempt.folder] }, ignore).ended;
  expect(await runner.collect(attempt.folder)).toMatchObject({ damaged: ['result.json', 'failure.json'] });
  expect(await runner.lastCheckpoint(attempt.folder)).toBeNull();
});

test('progress is reported while the task runs, and a flood of output is not read whole', async () => {
  const reports: Report[] = [];
  const attempt = launch(
    `echo "PROGRESS: 2/5 creating disk"; while [ ! -e ${home.root}/a ]; do sleep 0.02; done
     head -c 20000000 /dev/zero | tr '\\0' x; echo; echo "PROGRESS: 80%"; while [ ! -e ${home.root}/b ]; do sleep 0.02; done`,
  );
  const running = runner.start(attempt, (report) => reports.push(report));
  await waitFor(() => reports.length === 1);
  writeFileSync(`${home.root}/a`, '');
  await waitFor(() => reports.length === 2);
  writeFileSync(`${home.root}/b`, '');
  await running.ended;
  expect(reports).toEqual([
    { progress: 40, message: 'creating disk' },
    { progress: 80, message: null },
  ]);
});

test('damaged results are told from missing ones', async () => {
  const attempt = launch('echo "{" > "$0/result.json"; echo last line');
  await runner.start({ ...attempt, argv: [...attempt.argv, attempt.folder] }, ignore).ended;
  await expect(runner.collect(attempt.folder)).resolves.toEqual({
    result: null,
    failure: null,
    recorded: null,
    damaged: ['result.json'],
    tail: 'last line\n',
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 10 }).toBe(true);
}
