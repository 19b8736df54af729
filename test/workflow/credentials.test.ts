import { expect, test } from 'vitest';
import { operation, problems, valid, workflowOf } from './document.ts';

const one = (credentials: unknown, params?: object) =>
  workflowOf(operation('a', { credentials, ...(params === undefined ? {} : { params }) }));

test('credentials are kept as references', () => {
  const credentials = { A: 'env:B', C: 'file:c', D: 'command:["d"]' };
  expect(valid(one(credentials)).operations[0]?.credentials).toEqual(credentials);
  expect(valid(one({})).operations[0]?.credentials).toBeUndefined();
});

test('strings that look like references are data everywhere else', () => {
  const params = { argv: ['echo', 'env:B', 'file:c'], env: { A: 'command:["d"]' } };
  expect(valid(one(undefined, params)).operations[0]?.params).toEqual(params);
});

const at = 'operations[0] (a).credentials';
const FORMS = 'Write "env:NAME", "file:PATH" or "command:[\\"PROGRAM\\", \\"ARGUMENT\\"]", never the secret itself.';
test.each<[string, unknown, readonly string[]]>([
  [
    'a list',
    ['env:A'],
    [`${at}: "credentials" must be a record; found a list | Write credentials = { DB_PASSWORD = "env:DB_PASSWORD" }.`],
  ],
  ['a name that is none', { 'A-B': 'env:A' }, [`${at}.A-B: "A-B" is no name of a variable`]],
  [
    'a name of ours',
    { PROVISIONING_TASK_DIR: 'env:A' },
    [`${at}.PROVISIONING_TASK_DIR: "PROVISIONING_TASK_DIR" is ours | Take a name without PROVISIONING_.`],
  ],
  ['a number', { A: 3 }, [`${at}.A: credential "A" does not say where its value is | ${FORMS}`]],
])('%s is refused', (_, credentials, expected) => {
  expect(problems(one(credentials))).toEqual(expected);
});

test('a secret where a reference belongs is refused without being shown', () => {
  const found = problems(one({ A: 'hunter2' }));
  expect(found).toEqual([`${at}.A: credential "A" does not say where its value is | ${FORMS}`]);
  expect(found.join()).not.toContain('hunter2');
});

test('a variable that params.env sets, too, is refused', () => {
  expect(problems(one({ A: 'env:A' }, { argv: ['true'], env: { A: 'x' } }))).toEqual([
    `${at}.A: "A" stands in "params.env", too | Remove it there.`,
  ]);
});
