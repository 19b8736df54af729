import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFileChanges } from '../../../src/adapters/system/changes.ts';

let root: string;
const stops: (() => void)[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prv-changes-'));
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  rmSync(root, { recursive: true });
});

/** Looks by itself after an hour at the earliest: what is told before that, the system has told. */
const changes = () => {
  const places = { store: join(root, 'state.db'), folderOf: (id: string) => join(root, 'tasks', id) };
  return createFileChanges(places, 3_600_000);
};

/** Counts what is told. */
function told(watch: (onChange: () => void) => () => void) {
  const onChange = vi.fn<() => void>();
  stops.push(watch(onChange));
  return onChange;
}

const soon = { timeout: 60_000, interval: 20 };

describe('what is written is told before anybody would have looked', () => {
  test('to the store', async () => {
    const onChange = told((tell) => changes().record(tell));
    appendFileSync(join(root, 'state.db-wal'), 'x');
    await vi.waitUntil(() => onChange.mock.calls.length > 0, soon);
  });

  test('by a task, in its present attempt and in the next one', async () => {
    const attempt = join(root, 'tasks', 'a', '1-f');
    mkdirSync(attempt, { recursive: true });
    const onChange = told((tell) => changes().output('a', tell));
    appendFileSync(join(attempt, 'output.log'), 'x');
    await vi.waitUntil(() => onChange.mock.calls.length > 0, soon);
    const next = join(root, 'tasks', 'a', '2-g');
    mkdirSync(next);
    const before = onChange.mock.calls.length;
    // More often than could be news of the two changes before.
    await vi.waitUntil(() => {
      appendFileSync(join(next, 'output.log'), 'x');
      return onChange.mock.calls.length > before + 10;
    }, soon);
  });

  test('many writes in a row are few pieces of news', async () => {
    const onChange = told((tell) => changes().record(tell));
    for (let count = 0; count < 500; count += 1) appendFileSync(join(root, 'state.db-wal'), 'x');
    await vi.waitUntil(() => onChange.mock.calls.length > 0, soon);
    expect(onChange.mock.calls.length).toBeLessThan(50);
  });
});

test('what nobody can tell is looked at again and again: a task without a folder', async () => {
  const onChange = told((tell) => changes().output('nobody', tell));
  await vi.waitUntil(() => onChange.mock.calls.length > 1, soon);
});

test('whoever wants to hear no more is told no more', async () => {
  const onChange = vi.fn<() => void>();
  const stop = changes().record(onChange);
  appendFileSync(join(root, 'state.db-wal'), 'x');
  stop();
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  expect(onChange).not.toHaveBeenCalled();
});
