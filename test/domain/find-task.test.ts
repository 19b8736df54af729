import { expect, test } from 'vitest';
import { findTask } from '../../src/domain/find-task.ts';

const IDS = ['web', 'web-1', 'web-2', 'k8s', 'shop'];

test.each([
  ['web', 'web'],
  ['web-1', 'web-1'],
  ['k', 'k8s'],
  ['sho', 'shop'],
])('%s means %s', (said, id) => {
  expect(findTask(IDS, said, 'this run')).toEqual({ ok: true, value: IDS.indexOf(id) });
});

test.each([
  ['we', 'conflict', '"we" is the beginning of several tasks of this run: web, web-1, web-2'],
  ['web-', 'conflict', '"web-" is the beginning of several tasks of this run: web-1, web-2'],
  ['db', 'not_found', 'this run has no task "db"'],
  ['', 'not_found', 'this run has no task ""'],
  ['web-10', 'not_found', 'this run has no task "web-10"'],
])('%j means none: %s', (said, code, message) => {
  expect(findTask(IDS, said, 'this run')).toMatchObject({ ok: false, error: { code, message } });
});

test('what is shown of many candidates is a handful', () => {
  const ids = Array.from({ length: 500 }, (_, index) => `t${index}`);
  expect(findTask(ids, 't', 'run x')).toMatchObject({
    error: { message: '"t" is the beginning of several tasks of run x: t0, t1, t2, t3, t4 …' },
  });
});

test('a misspelling gets a suggestion, anything else what there is', () => {
  expect(findTask(IDS, 'shpo', 'this run')).toMatchObject({ error: { hint: 'Did you mean "shop"?' } });
  expect(findTask(IDS, 'nothing', 'this run')).toMatchObject({
    error: { hint: 'It has web, web-1, web-2, k8s, shop.' },
  });
});
