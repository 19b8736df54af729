import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCapper } from '../../../src/adapters/process/cap.ts';
import type { Cap } from '../../../src/adapters/process/cap.ts';
import { readOutput, readTail } from '../../../src/adapters/process/output.ts';
import { createRunner } from '../../../src/adapters/process/runner.ts';
import type { Launch } from '../../../src/ports/runner.ts';
import { temporaryPaths } from '../../rig/engine.ts';

const KB = 1024;
const MB = 1024 * KB;
const punch = (file: string, from: number, to: number): Promise<boolean> => {
  execFileSync('fallocate', ['--punch-hole', '--offset', `${from}`, '--length', `${to - from}`, file]);
  return Promise.resolve(true);
};
const SMALL = { limit: 500 * KB, head: 100 * KB, tail: 200 * KB };
const WAYS: readonly (readonly [string, Cap])[] = [
  ['by making holes', { ...SMALL, punch }],
  ['by copying, where there are no holes', { ...SMALL, punch: () => Promise.resolve(false) }],
];

let home: ReturnType<typeof temporaryPaths>;
let task: string;
let folder: string;

beforeEach(() => {
  home = temporaryPaths();
  task = `${home.root}/task`;
  folder = `${task}/1-fence`;
  execFileSync('mkdir', ['-p', folder]);
});

afterEach(() => {
  home.remove();
});

const line = (number: number): string => `${String(number).padStart(8, '0')} grün ${'x'.repeat(34)}\n`;
const LINE_BYTES = Buffer.byteLength(line(0));
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => line(from + n)).join('');

/** As a viewer does, from page to page. */
function readAll(): { text: string; truncated: boolean; total: number } {
  let text = '';
  for (let at = 0; ;) {
    const page = readOutput(task, 1, { offset: at });
    text += page.text;
    if (page.next === at) return { text, truncated: page.truncated, total: page.total };
    at = page.next;
  }
}

const onDisk = (path: string): number =>
  readdirSync(path).reduce((sum, name) => sum + statSync(`${path}/${name}`).blocks * 512, 0);

/** What is shown: whole lines of the head, how much is missing, whole lines of the end. */
function expectHeadAndEnd(printed: number, { text, truncated, total }: ReturnType<typeof readAll>): void {
  expect(truncated).toBe(true);
  expect(total).toBe(printed * LINE_BYTES);
  const [, head = '', missing = '', end = ''] =
    /^([^[]*)\n\[… (\d+) bytes were left out here …\]\n([^[]*)$/.exec(text) ?? [];
  expect(head === lines(0, head.length / line(0).length)).toBe(true);
  expect(head.length).toBeGreaterThan(0);
  const kept = end.length / line(0).length;
  expect(end === lines(printed - kept, printed)).toBe(true);
  expect(Number(missing)).toBe(total - Buffer.byteLength(head) - Buffer.byteLength(end));
}

describe.each(WAYS)('output is cut %s', (_name, cap) => {
  test('while the task writes, again and again, and packed when it has ended', async () => {
    const log = openSync(`${folder}/output.log`, 'a');
    const settle = createCapper(cap).follow(folder, () => false);
    let printed = 0;
    for (let round = 0; round < 6; round++) {
      writeSync(log, lines(printed, printed + 12_000));
      printed += 12_000;
      await expect.poll(() => onDisk(folder), { interval: 10 }).toBeLessThan(SMALL.limit);
      expectHeadAndEnd(printed, readAll());
    }
    closeSync(log);
    await settle();
    const packed = readAll();
    expectHeadAndEnd(printed, packed);
    expect(readdirSync(folder).toSorted()).toEqual(['output.cut', 'output.kept']);
    expect(statSync(`${folder}/output.kept`).size).toBeLessThan(SMALL.limit);
    expect(readTail(folder, LINE_BYTES).toString()).toBe(line(printed - 1));
  });

  test('from the middle of what was left out on, a reader learns how much is missing and goes on', async () => {
    writeFileSync(`${folder}/output.log`, lines(0, 20_000));
    await createCapper(cap).follow(folder, () => false)();
    const at = 300 * KB;
    const page = readOutput(task, 1, { offset: at });
    expect(page.text).toBe(`\n[… ${page.next - at} bytes were left out here …]\n`);
    expect(readOutput(task, 1, { offset: page.next }).text.startsWith(line(page.next / LINE_BYTES))).toBe(true);
    expect(readOutput(task, 1, { offset: 99 * MB })).toMatchObject({ text: '', next: 20_000 * LINE_BYTES });
  });

  test('without a single newline, at the border of a character', async () => {
    writeFileSync(`${folder}/output.log`, 'ü'.repeat(600 * KB));
    await createCapper(cap).follow(folder, () => false)();
    const { text } = readAll();
    expect(text).not.toContain('\ufffd');
    expect(text).toMatch(/^ü+\n\[… \d+ bytes were left out here …\]\nü+$/);
  });

  test('and not packed while a process that the task left behind writes on', async () => {
    writeFileSync(`${folder}/output.log`, lines(0, 20_000));
    await createCapper(cap).follow(folder, () => true)();
    expect(existsSync(`${folder}/output.log`)).toBe(true);
    writeFileSync(`${folder}/output.log`, line(20_000), { flag: 'a' });
    expectHeadAndEnd(20_001, readAll());
  });
});

test('an engine that takes a task over cuts what was printed meanwhile', async () => {
  writeFileSync(`${folder}/output.log`, lines(0, 20_000));
  writeFileSync(`${folder}/claim`, '4194000 other-boot S 1\nexit 0\n');
  const runner = createRunner({ cap: { ...SMALL, punch } });
  await expect(runner.adopt({ folder, marker: 'nobody' }, () => undefined).ended).resolves.toMatchObject({ code: 0 });
  expectHeadAndEnd(20_000, readAll());
});

test('a log that cannot be cut is left as it is, and the task ends as it did', async () => {
  const broken: Cap = { ...SMALL, punch: () => Promise.reject(new Error('no')) };
  writeFileSync(`${folder}/output.log`, lines(0, 20_000));
  await expect(createCapper(broken).follow(folder, () => true)()).resolves.toBeUndefined();
});

test('a task that prints 200 MB leaves head and end, at full speed and without filling this process', async () => {
  const attempt: Launch = {
    folder: `${task}/2-fence`,
    marker: `test-cap-${process.pid}`,
    request: {},
    cwd: home.root,
    argv: [
      'sh',
      '-c',
      'echo first; yes "a line of some forty characters, at most" | head -c 200000000; echo; echo last',
    ],
    env: { PATH: '/usr/bin:/bin' },
  };
  const before = memory();
  const end = await createRunner().start(attempt, () => undefined).ended;
  expect(end).toEqual({ kind: 'exited', code: 0 });
  await expect.poll(() => memory() - before).toBeLessThan(30 * MB);
  expect(onDisk(attempt.folder)).toBeLessThan(60 * MB);
  expect(readTail(attempt.folder, 5).toString()).toBe('last\n');
  const page = readOutput(task, 2, { offset: 0 });
  expect(page).toMatchObject({ truncated: true, total: 200_000_012 });
  expect(page.text.startsWith('first\n')).toBe(true);
});

const memory = (): number => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * KB;
