import { expect, test } from 'vitest';
import type { Blocker, WhyDocument } from '../../src/api/why.ts';
import { whyJson, whyText } from '../../src/presentation/why.ts';
import { styleOf } from '../../src/presentation/style.ts';

const failed = (id: string): Blocker => ({
  kind: 'failed',
  status: 'failed',
  workflow_id: 'R',
  blocks: id,
  task: id,
  message: 'no such plan',
});

const of = (blockers: readonly Blocker[], more: Partial<WhyDocument> = {}): WhyDocument => ({
  workflow_id: 'R',
  name: 'flow',
  task: null,
  status: 'failed',
  attended: true,
  blockers: [...blockers],
  truncated: false,
  ...more,
});

const many = (count: number): readonly Blocker[] => Array.from({ length: count }, (_, index) => failed(`t${index}`));

test.each<[string, number, boolean, string]>([
  ['one reason', 1, false, 'Run flow failed: t0 failed: no such plan.'],
  ['two', 2, false, 'Run flow failed: t0 failed: no such plan; that is the first of 2 reasons.'],
  ['three', 3, false, 'Run flow failed: t0 failed: no such plan; that is the first of 3 reasons.'],
  [
    'more than are listed',
    50,
    true,
    'Run flow failed: t0 failed: no such plan; that is the first of more than 50 reasons.',
  ],
])('what a run is said to stand for, with %s', (_, count, truncated, sentence) => {
  const document = of(many(count), { truncated });
  expect(whyJson(document).sentence).toBe(sentence);
  const lines = whyText(document, styleOf(false)).split('\n');
  expect(lines[0]).toBe(sentence);
  expect(lines.filter((line) => line.startsWith('  t'))).toHaveLength(count === 1 ? 0 : count);
});

test('a run that waits for several tasks names the first', () => {
  const running = (id: string): Blocker => ({
    kind: 'running',
    status: 'running',
    workflow_id: 'R',
    blocks: id,
    task: id,
  });
  const document = of([running('a'), running('b')], { status: 'running' });
  expect(whyJson(document).sentence).toBe('Run flow waits: a runs; that is the first of 2 reasons.');
});

test('whose run gets no attention is not said to run', () => {
  const unattended: Blocker = { kind: 'unattended', status: 'running', workflow_id: 'R' };
  const running: Blocker = { kind: 'running', status: 'running', workflow_id: 'R', blocks: 'a', task: 'a' };
  const text = whyText(of([unattended, running], { status: 'running', attended: false }), styleOf(false));
  expect(text).toContain('  a was running when somebody last looked [running]\n');
});

test('of a task the sentence follows the chain, and counts nothing', () => {
  const dependency: Blocker = { kind: 'dependency', status: 'failed', workflow_id: 'R', blocks: 'shop', task: 't0' };
  const document = of([dependency, failed('t0')], { task: 'shop', status: 'pending' });
  expect(whyJson(document).sentence).toBe('shop waits for t0, which failed: no such plan.');
});

test('a task whose start was put off says why', () => {
  const ready: Blocker = {
    kind: 'ready',
    status: 'pending',
    workflow_id: 'R',
    blocks: 'b',
    task: 'b',
    message: 'too many files',
  };
  expect(whyJson(of([ready], { task: 'b', status: 'pending' })).sentence).toBe(
    'b is ready and starts at the next opportunity: too many files.',
  );
});
