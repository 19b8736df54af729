import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorDocument as errorSchema } from '../../src/api/documents.ts';
import { toProblem } from '../../src/api/problems.ts';
import { problem } from '../../src/api/responses.ts';
import { FAILURE_CODES, FAILURES, failure, publicCodeOf } from '../../src/domain/failure.ts';
import { explanationOf, explanationText, failureNamed } from '../../src/presentation/explain.ts';
import { EXPLANATIONS } from '../../src/presentation/explanations.ts';
import { errorDocument, failuresText, failureText } from '../../src/presentation/failure.ts';
import { MEANINGS } from '../../src/presentation/help.ts';
import { styleOf } from '../../src/presentation/style.ts';

const PLAIN = styleOf(false);

/** Lines that were published: they are appended to, never changed. */
const PUBLISHED = readFileSync(join(import.meta.dirname, '../compat/fixtures/failure-codes.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('codes of errors', () => {
  test('are the published ones, none changed and none reused', () => {
    const now = FAILURE_CODES.map((code) => {
      const { exit, http, retryable } = FAILURES[code];
      return `${publicCodeOf(code)} ${code} exit=${exit} http=${http} ${retryable ? 'retryable' : 'final'}`;
    });
    expect(now.toSorted()).toEqual(PUBLISHED.filter((line) => !line.endsWith(' retired')));
    expect(PUBLISHED.map((line) => line.split(' ')[0])).toEqual(
      PUBLISHED.map((_, index) => `PRV-${String(index + 1).padStart(4, '0')}`),
    );
  });

  test('the table, the explanations and the exit codes are the same set', () => {
    expect(Object.keys(EXPLANATIONS).toSorted()).toEqual([...FAILURE_CODES].toSorted());
    const exits = new Set([0, ...FAILURE_CODES.map((code) => FAILURES[code].exit)]);
    expect(Object.keys(MEANINGS).map(Number)).toEqual([...exits].toSorted((a, b) => a - b));
  });

  test.each(FAILURE_CODES)(
    '%s stands in the text, in --json and in a problem, and leads to its explanation',
    (code) => {
      const id = publicCodeOf(code);
      expect(failureText(failure(code, 'it broke'), PLAIN)).toBe(`error: it broke [${id}]\n`);
      const document = errorDocument([failure(code, 'it broke'), failure(code, 'and this', { hint: 'mend it' })]);
      expect(errorSchema.parse(document)).toMatchObject({ error: { code, id }, errors: [{ id }, { id }] });
      const answered = toProblem([failure(code, 'it broke')]);
      expect(problem.parse(answered)).toMatchObject({ code, id, status: FAILURES[code].http });
      for (const word of [
        id,
        id.toLowerCase(),
        id.slice(4),
        String(FAILURES[code].number),
        code,
        code.replace('_', '-'),
      ])
        expect(failureNamed(word)).toBe(code);
      const text = explanationText(explanationOf(code), PLAIN);
      for (const part of [id, code, EXPLANATIONS[code].means, `Exit code ${FAILURES[code].exit}: `])
        expect(text).toContain(part);
    },
  );

  test('every explanation has sentences, causes and something to do', () => {
    for (const [code, { means, causes, remedies }] of Object.entries(EXPLANATIONS)) {
      expect([code, causes.length > 0, remedies.length > 0]).toEqual([code, true, true]);
      for (const sentence of [means, ...remedies]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('what is no code is none', () => {
    for (const word of ['', 'PRV-0000', 'PRV-9999', 'PRV-', '0', 'prv-00061', 'not found', 'constructor'])
      expect(failureNamed(word)).toBeUndefined();
  });
});

test('the code stands at the end of the first line, and a failure of a version to come has none', () => {
  expect(failureText(failure('usage', 'no such plan.\nTake another'), PLAIN)).toBe(
    'error: no such plan. [PRV-0002]\n  Take another\n',
  );
  expect(failureText(failure('from_the_future' as 'usage', 'odd'), PLAIN)).toBe('error: odd\n');
});

test('where nobody says what to do, the explanation is named, once', () => {
  const bare = [failure('conflict', 'a'), failure('usage', 'b')];
  expect(failuresText(bare, PLAIN)).toBe(
    'error: a [PRV-0007]\nerror: b [PRV-0002]\n  → More about it: provisioning explain PRV-0007\n',
  );
  expect(failuresText([...bare, failure('usage', 'c', { hint: 'Do this.' })], PLAIN)).not.toContain('explain');
});
