import { describe, expect, test } from 'vitest';
import { FAILURES, failure } from '../../src/domain/failure.ts';
import type { Place } from '../../src/domain/failure.ts';
import { errorDocument, exitOf, failureText, placeText } from '../../src/presentation/failure.ts';
import { styleOf } from '../../src/presentation/style.ts';

const PLAIN = styleOf(false);

test('a failure says what, where, why and what to do', () => {
  const place = { file: '/w/a.toml', line: 3, column: 7 };
  const report = '  3 | plan = tiny\n    |        ^';
  const text = failureText(failure('usage', 'no such plan', { place, report, hint: 'Take one.' }), PLAIN);
  expect(text).toBe(
    'error: no such plan [PRV-0002]\n  at /w/a.toml:3:7\n    3 | plan = tiny\n      |        ^\n  → Take one.\n',
  );
});

test('a report that names the file needs no second place', () => {
  const place = { file: '/w/a.ncl', line: 3 };
  const text = failureText(failure('usage', 'broken', { place, report: '┌─ /w/a.ncl:3:1' }), PLAIN);
  expect(text).toBe('error: broken [PRV-0002]\n  ┌─ /w/a.ncl:3:1\n');
});

test('what a user wrote cannot draw on the terminal', () => {
  const text = failureText(
    failure('usage', 'bad \u001b[2Jname', { hint: 'try\u0007', place: { file: 'a\nb' } }),
    PLAIN,
  );
  expect(text).toBe(
    String.raw`error: bad \x1b[2Jname [PRV-0002]` +
      '\n' +
      String.raw`  at a\nb` +
      '\n' +
      String.raw`  → try\x07` +
      '\n',
  );
});

describe('a place', () => {
  const CASES: readonly (readonly [Place, string])[] = [
    [{ file: 'f' }, 'f'],
    [{ file: 'f', line: 2 }, 'f:2'],
    [{ file: 'f', line: 2, column: 5 }, 'f:2:5'],
    [{ file: 'f', column: 5 }, 'f'],
    [{ file: 'f', path: 'operations[3] (web-1)' }, 'f (operations[3] (web-1))'],
  ];
  test.each(CASES)('%j reads %s', (place, text) => {
    expect(placeText(place)).toBe(text);
  });
});

test('the JSON of one failure is `error`, of several also `errors`, and nothing that layers tell each other', () => {
  const one = { ...failure('conflict', 'a'), proof: 'unclear' };
  const two = failure('usage', 'b', { hint: 'h' });
  expect(JSON.stringify(errorDocument([one]))).toBe('{"error":{"code":"conflict","id":"PRV-0007","message":"a"}}');
  expect(errorDocument([two, one])).toMatchObject({ error: { code: 'usage', hint: 'h' }, errors: [{}, {}] });
});

test('the first failure decides the exit code', () => {
  expect(exitOf([failure('not_found', ''), failure('usage', '')])).toBe(FAILURES.not_found.exit);
  expect(exitOf([])).toBe(70);
});
