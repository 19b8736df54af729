import { expect, test } from 'vitest';
import { operation, problems, valid, workflowOf } from './document.ts';

const install = (fields: object, type = 'taskserv.create') => workflowOf(operation('a', { type, ...fields }));

test('waves and the share of failures are kept', () => {
  const spread = { waves: [1, 2, '50%'], max_fail_percent: 20 };
  expect(valid(install(spread)).operations[0]).toMatchObject(spread);
  expect(valid(install({})).operations[0]?.waves).toBeUndefined();
});

const at = 'operations[0] (a)';

test.each([
  ['a word', { waves: 'one' }, [`${at}.waves: "waves" must be a list`]],
  ['none', { waves: [] }, [`${at}.waves: "waves" has no wave`]],
  ['a wave of nobody', { waves: [0] }, [`${at}.waves[0]: `]],
  ['half a host', { waves: [1, 1.5] }, [`${at}.waves[1]: `]],
  ['a share of nothing', { waves: ['0%'] }, [`${at}.waves[0]: `]],
  ['more than all', { waves: ['101%'] }, [`${at}.waves[0]: `]],
  ['a number as text', { waves: ['2'] }, [`${at}.waves[0]: `]],
  ['more than everybody', { max_fail_percent: 101 }, [`${at}.max_fail_percent: `]],
])('%s is no wave', (_, fields, expected) => {
  const found = problems(install(fields));
  expect(found).toHaveLength(expected.length);
  for (const [index, start] of expected.entries()) expect(found[index]).toContain(start);
});

test('work on a single thing has no waves', () => {
  expect(problems(install({ waves: [1] }, 'server.create'))[0]).toContain('"waves" means nothing to server.create');
});

test('a command has waves where it runs on servers', () => {
  const params = { argv: ['true'], servers: ['a', 'b'] };
  expect(valid(install({ params, waves: [1] }, 'command.run')).operations[0]).toMatchObject({ params, waves: [1] });
  const alone = install({ params: { argv: ['true'] }, max_fail_percent: 1 }, 'command.run');
  expect(problems(alone)[0]).toContain('"max_fail_percent" means nothing to command.run');
});

test('an app has waves where it is on servers', () => {
  const params = { servers: ['a', 'b'], source: 'dist', command: ['./serve'] };
  const spread = { waves: [2], max_fail_percent: 50 };
  expect(valid(install({ params, ...spread }, 'app.deploy')).operations[0]).toMatchObject(spread);
  const onCluster = install({ params: { cluster: 'k1' }, waves: [1] }, 'app.deploy');
  expect(problems(onCluster)[0]).toContain('"waves" means nothing to app.deploy');
  expect(problems(install({ params: { servers: ['a'] }, waves: [1] }, 'app.remove'))[0]).toContain('app.remove');
});
