import { describe, expect, test } from 'vitest';
import type { RunDocument, TaskDocument } from '../../src/api/documents.ts';
import { diffText } from '../../src/presentation/diff.ts';
import { styleOf } from '../../src/presentation/style.ts';
import { diffRuns } from '../../src/workflow/diff.ts';
import type { Compared } from '../../src/workflow/diff.ts';

const at = (second: number): string => new Date(Date.parse('2026-01-01T12:00:00.000Z') + second * 1000).toISOString();

type Said = Readonly<Record<string, readonly [status: TaskDocument['status'], seconds: number]>>;

/** A run of tasks by their ids, whose parameters are `params`. */
function ran(id: string, said: Said, params: Readonly<Record<string, string>> = {}): Compared {
  const tasks = Object.entries(said).map(([name, [status, seconds]]): TaskDocument => ({
    task_id: `${id}-${name}`,
    id: name,
    type: 'x.y',
    status,
    attempts: 1,
    started_at: at(0),
    finished_at: at(seconds),
    progress: null,
    message: null,
    result: null,
    failure: null,
  }));
  const run: RunDocument = {
    workflow_id: id,
    name: 'flow',
    status: tasks.some(({ status }) => status === 'failed') ? 'failed' : 'completed',
    mode: 'direct',
    attended: true,
    infra: 'default',
    workspace: '/w',
    created_at: at(0),
    started_at: at(0),
    finished_at: at(9),
    tasks,
  };
  const retry = { attempts: 1, backoff: 'fixed', initial_delay: 1, max_delay: 1 } as const;
  const operations = tasks.map(({ id: name }) => ({
    id: name,
    type: 'x.y',
    params,
    dependencies: [],
    priority: 'normal' as const,
    retry,
  }));
  return { run, definition: { name: 'flow', infra: 'default', rollback_enabled: false, operations } };
}

const A = ran('run-a', { one: ['completed', 1], two: ['completed', 2] });

describe('two runs', () => {
  test('that did the same do not differ, however long they took', () => {
    const diff = diffRuns(A, ran('run-b', { one: ['completed', 5], two: ['completed', 2.1] }));
    expect(diff).toMatchObject({ differs: false, definition: [] });
    expect(diffText(diff, styleOf(false))).toBe(
      `- run-a  flow  completed  9.0s\n+ run-b  flow  completed  9.0s\n\nBoth were asked to do the same.\n\n` +
        `TASK  STATUS     TIME\none   completed  1.0s → 5.0s (+400 %)\n\n1 task ended alike, in about the same time.\n`,
    );
  });

  test('differ in what they were asked to do', () => {
    const diff = diffRuns(A, ran('run-b', { one: ['completed', 1], three: ['completed', 2] }, { plan: 'big' }));
    expect(diff.differs).toBe(true);
    expect(diff.definition).toEqual(['one: params: {} → {"plan":"big"}', 'two: is gone', 'three: is new']);
    expect(diff.tasks).toContainEqual({ id: 'two', status: ['completed', null], duration_ms: [2000, null] });
    expect(diffText(diff, styleOf(false))).toContain('two    completed → not there  2.0s → -\n');
  });

  test('differ in how they ended', () => {
    const diff = diffRuns(A, ran('run-b', { one: ['failed', 1], two: ['completed', 2] }));
    expect(diff).toMatchObject({
      differs: true,
      definition: [],
      runs: [{ status: 'completed' }, { status: 'failed' }],
    });
    expect(diffText(diff, styleOf(false))).toContain('one   completed → failed  1.0s → 1.0s (0 %)\n');
  });
});
