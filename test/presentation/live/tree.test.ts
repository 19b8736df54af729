import { describe, expect, test } from 'vitest';
import type { EventDocument } from '../../../src/api/documents.ts';
import { Picture } from '../../../src/presentation/live/picture.ts';
import { symbolsOf } from '../../../src/presentation/live/symbols.ts';
import { tree } from '../../../src/presentation/live/tree.ts';
import type { View } from '../../../src/presentation/live/tree.ts';
import { styleOf } from '../../../src/presentation/style.ts';

const START = Date.parse('2026-01-01T12:00:00.000Z');
const LOOK = { style: styleOf(false), symbols: symbolsOf(true) };

type Happened = readonly [type: string, task?: string | undefined, data?: Readonly<Record<string, unknown>>];

/** A picture of waves of tasks, one second between two events. */
function pictureOf(waves: readonly (readonly string[])[], events: readonly Happened[]): Picture {
  const tasks = waves.flatMap((ids, wave) => ids.map((id) => ({ id, type: 'x.y', wave })));
  const picture = new Picture({ name: 'flow', tasks });
  for (const [index, [type, task, data = {}]] of events.entries()) {
    const at = new Date(START + index * 1000).toISOString();
    const named = task === undefined ? {} : { task };
    picture.take({ seq: index + 1, at, workflow_id: 'w', type, ...named, data } satisfies EventDocument);
  }
  return picture;
}

interface Wanted extends Partial<View> {
  readonly columns?: number;
  readonly rows?: number;
}

function rowsOf(picture: Picture, { columns = 80, rows = 24, ...more }: Wanted = {}): readonly string[] {
  const view = { picture, now: START + 60_000, remaining: undefined, outputs: new Map(), advice: [], ...more };
  return tree(view, LOOK, { columns, rows }).map(({ text }) => text);
}

const failed = (message: string) => ({ failure: { code: 'work_failed', message } });

const CASES: readonly (readonly [
  what: string,
  waves: readonly (readonly string[])[],
  events: readonly Happened[],
  rows: readonly string[],
])[] = [
  ['nothing has begun', [['a'], ['b']], [['run.accepted']], ['flow  queued  0/2 done', '○ waves 1-2  2 waiting']],
  [
    'one runs',
    [['a'], ['b']],
    [['run.started'], ['task.started', 'a', { attempt: 1 }]],
    ['flow  running  0/2 done · 1m 0s', '● wave 1  1 running', '  ● a  59s', '○ wave 2  1 waiting'],
  ],
  [
    'the only wave has no row',
    [['a', 'b']],
    [['run.started'], ['task.started', 'a', { attempt: 1 }]],
    ['flow  running  0/2 done · 1m 0s', '  ● a  59s'],
  ],
  [
    'progress and message',
    [['a']],
    [['run.started'], ['task.started', 'a', {}], ['task.progress', 'a', { progress: 40, message: '2/5 disk' }]],
    ['flow  running  0/1 done · 1m 0s', '  ● a  ━━━━──────  40% 59s  2/5 disk'],
  ],
  [
    'a message keeps the progress that was known',
    [['a']],
    [
      ['run.started'],
      ['task.started', 'a', {}],
      ['task.progress', 'a', { progress: 100 }],
      ['task.progress', 'a', { progress: null, message: 'soon' }],
    ],
    ['flow  running  0/1 done · 1m 0s', '  ● a  ━━━━━━━━━━ 100% 59s  soon'],
  ],
  [
    'waves that are done fold, those to come fold',
    [['a'], ['b'], ['c'], ['d'], ['e']],
    [['run.started'], ['task.completed', 'a'], ['task.completed', 'b'], ['task.started', 'c', { attempt: 2 }]],
    [
      'flow  running  2/5 done · 1m 0s',
      '✔ waves 1-2  2 completed',
      '● wave 3  1 running',
      '  ● c  try 2 57s',
      '○ waves 4-5  2 waiting',
    ],
  ],
  [
    'what failed stands before what runs, with its reason',
    [['a', 'b', 'c']],
    [
      ['run.started'],
      ['task.started', 'a', {}],
      ['task.failed', 'b', failed('no such\nplan')],
      ['task.unknown', 'c', failed('its host was lost')],
    ],
    [
      'flow  running  0/3 done, 1 failed, 1 unknown · 1m 0s',
      '  ? c  outcome unknown: its host was lost',
      String.raw`  ✖ b  failed: no such\nplan`,
      '  ● a  59s',
    ],
  ],
  [
    'what is tried again says when and why',
    [['a']],
    [['run.started'], ['task.retrying', 'a', { ...failed('exit 1'), not_before: '2026-01-01T12:01:09.000Z' }]],
    ['flow  running  0/1 done · 1m 0s', '  ↻ a  again in 9s: exit 1'],
  ],
  [
    'one that waits for runs of its own names those that have not ended',
    [['a']],
    [
      ['run.started'],
      ['task.started', 'a', {}],
      ['task.waiting', 'a', { child: 'run-1' }],
      ['task.waiting', 'a', { child: 'run-2' }],
      ['task.resumed', 'a', { child: 'run-1' }],
    ],
    ['flow  running  0/1 done · 1m 0s', '  ● a  59s  waits for run run-2'],
  ],
  [
    'a retry begins with a clean sheet',
    [['a']],
    [
      ['run.started'],
      ['task.failed', 'a', failed('exit 1')],
      ['run.finished', undefined, { outcome: 'failed' }],
      ['run.reopened', undefined, { reason: 'retry' }],
      ['task.reset', 'a', { reason: 'retry' }],
    ],
    ['flow  running  0/1 done · 1m 0s', '○ wave 1  1 waiting'],
  ],
  [
    'why a run is paused',
    [['a']],
    [['run.started'], ['run.paused', undefined, { reason: 'the credential env:KEY is lost' }]],
    ['flow  paused: the credential env:KEY is lost  0/1 done · 1m 0s', '○ wave 1  1 waiting'],
  ],
  [
    'what a failure took with it',
    [['a'], ['b', 'c']],
    [
      ['run.started'],
      ['task.failed', 'a', failed('x')],
      ['task.skipped', 'b', { because: 'a' }],
      ['task.cancelled', 'c'],
      ['run.finished', undefined, { outcome: 'failed' }],
    ],
    [
      'flow  failed  0/3 done, 1 failed, 1 skipped, 1 cancelled · 1m 0s',
      '✖ wave 1  1 failed',
      '  ✖ a  failed: x',
      '↷ wave 2  1 skipped, 1 cancelled',
    ],
  ],
];

describe('a run as a tree', () => {
  test.each(CASES)('%s', (_what, waves, events, rows) => {
    expect(rowsOf(pictureOf(waves, events))).toEqual(rows);
  });

  test('the last line of output stands below its task, and what is to be known below all', () => {
    const picture = pictureOf([['a']], [['run.started'], ['task.started', 'a', {}]]);
    const outputs = new Map([['a', 'pulling \u001b[2Jimages']]);
    expect(rowsOf(picture, { outputs, advice: ['Nobody attends.'] })).toEqual([
      'flow  running  0/1 done · 1m 0s',
      '  ● a  59s',
      String.raw`    │ pulling \x1b[2Jimages`,
      '→ Nobody attends.',
    ]);
  });

  test('how long it still takes, while it runs', () => {
    const picture = pictureOf([['a']], [['run.started']]);
    expect(rowsOf(picture, { remaining: 200_000 })[0]).toBe('flow  running  0/1 done · 1m 0s · about 3m 20s left');
    expect(rowsOf(picture, { remaining: 0 })[0]).toBe('flow  running  0/1 done · 1m 0s · longer than before');
    picture.take({ seq: 9, at: new Date(START).toISOString(), workflow_id: 'w', type: 'run.paused', data: {} });
    expect(rowsOf(picture, { remaining: 200_000 })[0]).toBe('flow  paused  0/1 done · 1m 0s');
  });
});

describe('500 tasks', () => {
  const ids = Array.from({ length: 500 }, (_, index) => `t${index}`);
  const events: readonly Happened[] = [
    ['run.started'],
    ...ids.slice(0, 300).map((id): Happened => ['task.completed', id]),
    ...ids.slice(300, 320).map((id): Happened => ['task.failed', id, failed(`reason of ${id}`)]),
    ...ids.slice(320, 380).map((id): Happened => ['task.started', id, {}]),
  ];
  const outputs = new Map(ids.map((id) => [id, `line of ${id}`]));

  test.each([5, 10, 24, 60, 200])('fit into %i rows', (rows) => {
    const shown = rowsOf(pictureOf([ids], events), { rows, outputs });
    expect(shown.length).toBeLessThan(rows);
    expect(shown[0]).toContain('300/500 done, 20 failed');
  });

  test.each([1, 20, 40, 80, 200])('fit into %i columns', (columns) => {
    const picture = pictureOf([ids], events);
    const view = { picture, now: START, remaining: undefined, outputs, advice: ['x'.repeat(300)] };
    for (const { width } of tree(view, LOOK, { columns, rows: 50 })) expect(width).toBeLessThan(Math.max(2, columns));
  });

  test('where there is too little room, output goes first, then what runs; the newest failures stay, the rest is counted', () => {
    const shown = rowsOf(pictureOf([ids], events), { rows: 24, outputs });
    expect(shown).toHaveLength(16);
    expect(shown[1]).toBe('  ✖ t319  failed: reason of t319');
    expect(shown.at(-1)).toBe('  … 6 failed, 60 running more');
    expect(shown.join('\n')).not.toContain('line of');
  });

  test('a chain of 500 has no row for each', () => {
    const chain = pictureOf(
      ids.map((id) => [id]),
      [
        ['run.started'],
        ...ids.slice(0, 250).map((id): Happened => ['task.completed', id]),
        ['task.started', 't250', {}],
      ],
    );
    expect(rowsOf(chain).slice(1)).toEqual([
      '✔ waves 1-250  250 completed',
      '● wave 251  1 running',
      expect.stringContaining('● t250'),
      '○ waves 252-500  249 waiting',
    ]);
  });
});
