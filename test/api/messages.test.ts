import { expect, test } from 'vitest';
import { parseDescriptor } from '../../src/api/descriptor.ts';
import type { EventDocument } from '../../src/api/documents.ts';
import { pendingRestart } from '../../src/api/effective.ts';
import { END, HEARTBEAT, createEventParser, encodeEvent } from '../../src/api/event-stream.ts';
import { fromProblem, toProblem } from '../../src/api/problems.ts';
import { parseReadiness } from '../../src/api/readiness.ts';
import { readSubmission } from '../../src/api/requests.ts';
import { speakTogether } from '../../src/api/version.ts';
import { FAILURES, failure } from '../../src/domain/failure.ts';
import type { FailureCode } from '../../src/domain/failure.ts';

const event = (seq: number, text: string): EventDocument => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  workflow_id: 'w',
  type: 'task.progress',
  task: 'a',
  data: { text },
});

test('a stream can be cut into pieces anywhere', () => {
  const events = [event(1, 'one'), event(2, 'data: two\n\nid: 9\n\n'), event(3, 'grün')];
  const text = HEARTBEAT + events.map(encodeEvent).join(HEARTBEAT) + END;
  for (let size = 1; size <= text.length; size += 1) {
    const seen: EventDocument[] = [];
    const parse = createEventParser((one) => seen.push(one));
    let ended = false;
    for (let at = 0; at < text.length; at += size) {
      expect(ended).toBe(false);
      ended = parse(text.slice(at, at + size));
    }
    expect(seen).toEqual(events);
    expect(ended).toBe(true);
  }
});

test('a failure survives its journey as a problem, whatever its code', () => {
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    const one = failure(code, 'what', {
      hint: 'do',
      report: '^',
      place: { file: 'f', line: 1, column: 2, path: 'a.b' },
    });
    const other = failure('usage', 'too');
    const travel = (failures: Parameters<typeof toProblem>[0]): unknown => {
      const problem = toProblem(failures);
      return fromProblem(problem.status, JSON.parse(JSON.stringify(problem)));
    };
    expect(travel([one])).toEqual([one]);
    expect(travel([one, other])).toEqual([one, other]);
  }
});

test.each([
  [502, 'Bad Gateway', 'internal'],
  [503, undefined, 'try_later'],
  [404, {}, 'not_found'],
  [400, { code: 'from_the_future', detail: 'new' }, 'usage'],
  [409, { code: 'conflict', place: 'nowhere', errors: 'none' }, 'conflict'],
])('an answer with status %d that is no problem of ours becomes one by its status', (status, body, code) => {
  expect(fromProblem(status, body)).toEqual([expect.objectContaining({ code })]);
});

test.each([
  ['{"ready":true}', { ready: true }],
  ['{"already_running":true}\n', { already_running: true }],
  ['{"error":{"code":"usage","message":"m"}}', { error: { code: 'usage', message: 'm' } }],
  ['{"error":{"code":"nonsense","message":"m"}}', undefined],
  ['{"ready":', undefined],
  ['', undefined],
])('the line %j on the readiness pipe is understood', (line, meaning) => {
  expect(parseReadiness(line)).toEqual(meaning);
});

test.each(['', '{', 'null', '[]', '{"pid":1}', '{"protocol":{"min":1,"max":"1"}}'])(
  'the descriptor %j counts as none',
  (text) => {
    expect(parseDescriptor(text)).toBeUndefined();
  },
);

test('protocols fit when their ranges overlap', () => {
  expect(speakTogether({ min: 1, max: 2 }, { min: 2, max: 3 })).toBe(true);
  expect(speakTogether({ min: 1, max: 1 }, { min: 2, max: 3 })).toBe(false);
  expect(speakTogether({ min: 4, max: 5 }, { min: 2, max: 3 })).toBe(false);
});

test('settings that differ from those at the start are pending, and those that it does not know are not', () => {
  expect(pendingRestart({ a: 1, b: 2, c: 3 }, { a: 1, b: 3 })).toEqual(['b']);
});

test('only an envelope has a workflow beside other keys, and it has no unknown ones', () => {
  expect(readSubmission({ name: 'w' })).toEqual({ ok: true, value: { workflow: { name: 'w' } } });
  expect(readSubmission({ workflow: { name: 'w' }, workspace: '/w' })).toMatchObject({ ok: true });
  expect(readSubmission({ workflow: { name: 'w' }, workspase: '/w' })).toMatchObject({ ok: false });
  expect(readSubmission({ workflow: 'w' })).toMatchObject({ ok: false });
});
