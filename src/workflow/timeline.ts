import type { EventDocument, TaskDocument } from '../api/documents.ts';
import type { ShownRun } from '../api/views.ts';
import { dependencyOf } from '../domain/workflow.ts';
import type { Operation } from '../domain/workflow.ts';

type Timeline = ShownRun['timeline'];
type Attempt = Timeline[number]['attempts'][number];

/** How an attempt ended, by the event that says so. */
const ENDS: Readonly<Record<string, TaskDocument['status']>> = {
  'task.completed': 'completed',
  'task.failed': 'failed',
  'task.retrying': 'failed',
  'task.unknown': 'unknown',
  'task.cancelled': 'cancelled',
  'task.requeued': 'cancelled',
};

/** From a run's events to what each task did when: attempts in their order, tasks in the order of their first one. */
export function timelineOf(events: readonly EventDocument[]): Timeline {
  const tasks = new Map<string, Attempt[]>();
  for (const { type, task, at, data } of events) {
    if (task === undefined) continue;
    const attempts = tasks.get(task) ?? [];
    const last = attempts.at(-1);
    const status = ENDS[type];
    if (type === 'task.started') {
      attempts.push({ attempt: Number(data['attempt'] ?? 1), status: 'running', started_at: at, finished_at: null });
      tasks.set(task, attempts);
    } else if (status !== undefined && last?.finished_at === null)
      attempts[attempts.length - 1] = { ...last, status, finished_at: endOf(data) ?? at };
  }
  return [...tasks].map(([id, attempts]) => ({ id, attempts }));
}

const endOf = ({ ended_at }: EventDocument['data']): string | undefined =>
  typeof ended_at === 'string' ? ended_at : undefined;

/**
 * The operations that the run's end waited for: the last one to end, before it that one of its dependencies that ended
 * last, and so on. Making another one faster would have changed nothing. Empty while nothing has ended.
 */
export function criticalPath(
  operations: readonly Pick<Operation, 'id' | 'dependencies'>[],
  tasks: readonly Pick<TaskDocument, 'id' | 'finished_at' | 'started_at'>[],
): readonly string[] {
  const ends = new Map(
    tasks.filter(({ started_at }) => started_at !== null).map((task) => [task.id, task.finished_at]),
  );
  const latest = (ids: readonly string[]): string | undefined => {
    const ended = ids.filter((id) => typeof ends.get(id) === 'string');
    return ended.toSorted((a, b) => ((ends.get(a) ?? '') < (ends.get(b) ?? '') ? -1 : 1)).at(-1);
  };
  const dependencies = new Map(
    operations.map((one) => [one.id, one.dependencies.map((said) => dependencyOf(said).id)]),
  );
  const path: string[] = [];
  for (let id = latest(operations.map((one) => one.id)); id !== undefined; id = latest(dependencies.get(id) ?? []))
    path.unshift(id);
  return path;
}
