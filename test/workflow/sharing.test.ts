import { expect, test } from 'vitest';
import { documentOf } from '../../src/workflow/document.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';
import { KNOWN, operation, problems, valid, workflowOf } from './document.ts';

const one = (extra: object) => workflowOf(operation('a', extra));
const mutexOf = (mutex: unknown) => valid(one({ mutex })).operations[0]?.mutex;

test('a mutex is one key or a list of them, each once', () => {
  expect(mutexOf('prod database')).toEqual(['prod database']);
  expect(mutexOf(['a', 'b', 'a'])).toEqual(['a', 'b']);
  expect(mutexOf('💾'.repeat(200))).toHaveLength(1);
  expect(mutexOf([])).toBeUndefined();
});

const HINT = 'Write mutex = "database", or mutex = ["a", "b"].';
const LIMITS = 'A key has 1 to 200 characters, all of them printable.';
test.each<[string, unknown, readonly string[]]>([
  ['true', true, [`: "mutex" must be a string or a list of strings; found true | ${HINT}`]],
  ['a list with a number', ['a', 3], [`[1]: a key must be a string; found 3 | ${HINT}`]],
  ['an empty key', '', [`: "" is no key | ${LIMITS}`]],
  ['a key of two lines', ['a\nb'], [`[0]: "a\\nb" is no key | ${LIMITS}`]],
  ['a key that reorders what follows it', 'a\u202eb', [`: "a\\u202eb" is no key | ${LIMITS}`]],
  ['a long key', 'x'.repeat(201), [`: "${'x'.repeat(60)}…" (201 characters) is no key | ${LIMITS}`]],
])('%s is refused as a mutex', (_, mutex, expected) => {
  expect(problems(one({ mutex }))).toEqual(expected.map((text) => `operations[0] (a).mutex${text}`));
});

test('a pool is a name, and is not looked up where nobody says which there are', () => {
  expect(valid(one({ pool: 'aws-prod' })).operations[0]?.pool).toBe('aws-prod');
  expect(problems(one({ pool: 'two words' }))[0]).toContain('"two words" is not a name');
});

test('a pool that is not configured is refused with a suggestion where it is known which there are', () => {
  const check = (pool: string, pools: readonly string[]) => {
    const result = validateWorkflow(documentOf('deploy.ncl', one({ pool })), KNOWN, { pools: new Set(pools) });
    return result.ok ? [] : result.error.map(({ message, hint }) => `${message} | ${hint}`);
  };
  expect(check('aws', ['aws', 'upcloud'])).toEqual([]);
  expect(check('upclod', ['aws', 'upcloud'])).toEqual(['unknown pool "upclod" | Did you mean "upcloud"?']);
  expect(check('aws', [])).toEqual(['unknown pool "aws" | Set [pools.aws] in the configuration.']);
});
