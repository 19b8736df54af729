import { copyFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStore } from '../../src/adapters/sqlite/store.ts';
import type { Store } from '../../src/ports/store.ts';
import { temporaryPaths } from '../rig/engine.ts';

const RUN = '01990000-0000-7000-8000-000000000001';

let home: ReturnType<typeof temporaryPaths>;
beforeEach(() => (home = temporaryPaths()));
afterEach(() => home.remove());

function open(): Store {
  const store = createStore({ ...home.paths, file: home.paths.store, isAlive: () => true });
  if (!store.ok) throw new Error(store.error.message);
  return store.value;
}

test('a store of version 1, with a run in the middle of its work, is read and written as it stands', () => {
  open().close();
  copyFileSync(`${import.meta.dirname}/fixtures/store-1.sqlite`, home.paths.store);
  const store = open();
  const run = store.load(RUN);
  expect(run?.submission.workflow.operations.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(run?.tasks.map(({ state }) => state.status)).toEqual(['running', 'pending']);
  const next = { fence: 'g', attempt: 1, task: 1, type: 'task.started' } as const;
  const state = run?.tasks[1]?.state;
  if (state === undefined) throw new Error('the run has two tasks');
  const claim = { run: RUN, task: 1, event: next, state, holds: ['mutex:x'], pool: undefined };
  const { answers } = store.commit({ at: 2000, runs: [], claims: [claim, claim], limit: 2 });
  expect(answers).toEqual([{ granted: true }, { granted: false, reason: 'slots' }]);
  store.close();
});
