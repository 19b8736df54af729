import type { RunDocument, TaskDocument } from '../api/documents.ts';
import type { RunDiff } from '../api/views.ts';
import type { Workflow } from '../domain/workflow.ts';
import { differences } from './amend.ts';

export interface Compared {
  readonly run: RunDocument;
  readonly definition: Workflow;
}

/**
 * What two runs were asked to do, and what became of it. Times are told, but are no difference: no two runs take the
 * same.
 */
export function diffRuns(a: Compared, b: Compared): RunDiff {
  const definition = differences(a.definition, b.definition);
  const tasks = tasksOf(a.run, b.run);
  const outcomes = a.run.status !== b.run.status || tasks.some(({ status: [one, other] }) => one !== other);
  return {
    differs: definition.length > 0 || outcomes,
    runs: [summary(a.run), summary(b.run)],
    definition: [...definition],
    tasks,
  };
}

function tasksOf(a: RunDocument, b: RunDocument): RunDiff['tasks'] {
  const [before, after] = [byId(a), byId(b)];
  return [...new Set([...before.keys(), ...after.keys()])].map((id) => {
    const [one, other] = [before.get(id), after.get(id)];
    return {
      id,
      status: [one?.status ?? null, other?.status ?? null],
      duration_ms: [durationOf(one), durationOf(other)],
    };
  });
}

const byId = ({ tasks }: RunDocument): ReadonlyMap<string, TaskDocument> =>
  new Map(tasks.map((task) => [task.id, task]));

const summary = (run: RunDocument): RunDiff['runs'][number] => ({
  workflow_id: run.workflow_id,
  name: run.name,
  status: run.status,
  duration_ms: durationOf(run),
});

function durationOf(one: Pick<RunDocument, 'started_at' | 'finished_at'> | undefined): number | null {
  if (one === undefined || one.started_at === null || one.finished_at === null) return null;
  return Date.parse(one.finished_at) - Date.parse(one.started_at);
}
