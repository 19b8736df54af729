import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { EventDocument, ResourceDocument, RunDocument, RunSummary, TaskDocument } from '../../api/documents.ts';
import type { Event } from '../../domain/event.ts';
import { isOutcome } from '../../domain/run-outcome.ts';
import type { RunState } from '../../domain/run.ts';
import { waitsOf } from '../../domain/task.ts';
import type { TaskState } from '../../domain/task.ts';
import type { TaskInRun } from '../../ports/reads.ts';
import { prepared } from './prepared.ts';
import { toResource } from './resources.ts';

type Row = Record<string, SQLOutputValue>;

export function runSummary(row: Row, isAlive: (owner: string) => boolean): RunSummary {
  const state = JSON.parse(String(row['state'])) as RunState;
  const attended = isOutcome(state.status) || isAlive(String(row['owner']));
  return {
    workflow_id: String(row['id']),
    name: String(row['name']),
    status: state.status,
    mode: row['mode'] === 'direct' ? 'direct' : 'orchestrated',
    attended,
    ...(attended ? {} : { last_recorded_at: time(Number(row['last_at'])) }),
    ...(state.status === 'paused' ? { paused: { reason: state.reason, wants: state.wants } } : {}),
    ...('failure' in state && state.failure !== undefined ? { failure: state.failure } : {}),
    ...(row['fallback'] === null ? {} : { fallback: String(row['fallback']) }),
    infra: String(row['infra']),
    workspace: String(row['workspace']),
    created_at: time(Number(row['created_at'])),
    started_at: 'startedAt' in state ? timeOrNull(state.startedAt) : null,
    finished_at: 'finishedAt' in state ? time(state.finishedAt) : null,
  };
}

/** `more`: `source` and `parent` as JSON. */
export const runDocument = (summary: RunSummary, tasks: readonly Row[], more: Row): RunDocument => ({
  ...summary,
  ...(typeof more['source'] === 'string' ? { source: JSON.parse(more['source']) as Source } : {}),
  ...(typeof more['parent'] === 'string' ? { parent: JSON.parse(more['parent']) as Parent } : {}),
  tasks: tasks.map(taskDocument),
});

type Source = NonNullable<RunDocument['source']>;
type Parent = NonNullable<RunDocument['parent']>;

export const taskInRun = (row: Row): TaskInRun => ({ workflow_id: String(row['run']), task: taskDocument(row) });

function taskDocument(row: Row): TaskDocument {
  const state = JSON.parse(String(row['state'])) as TaskState;
  return {
    task_id: String(row['task_id']),
    id: String(row['id']),
    type: String(row['type']),
    status: state.status,
    attempts: state.attempts,
    started_at: timeOrNull(state.startedAt),
    finished_at: 'finishedAt' in state ? time(state.finishedAt) : null,
    progress: progressOf(state),
    message: messageOf(state),
    result: state.status === 'completed' ? state.result : null,
    failure: failureOf(state),
    ...(waitsOf(state).length === 0 ? {} : { waits_for: [...waitsOf(state)] }),
  };
}

function progressOf(state: TaskState): number | null {
  if (state.status === 'completed') return 100;
  return state.status === 'running' ? state.progress : null;
}

function messageOf(state: TaskState): string | null {
  switch (state.status) {
    case 'completed':
    case 'running':
      return state.message;
    case 'failed':
    case 'unknown':
      return state.failure.message;
    case 'skipped':
      return `${state.because} did not ${state.wanted === 'failure' ? 'fail' : 'complete'}`;
    default:
      return null;
  }
}

function failureOf(state: TaskState): TaskDocument['failure'] {
  if (state.status === 'failed' || state.status === 'unknown') return state.failure;
  return state.status === 'pending' ? state.lastFailure : null;
}

export function eventDocuments(database: DatabaseSync, run: string, after: number): EventDocument[] {
  const rows = prepared(
    database,
    `SELECT events.seq, events.at, events.event, tasks.id AS task_name
     FROM events LEFT JOIN tasks ON tasks.run = events.run AND tasks.task = events.event ->> 'task'
     WHERE events.run = ? AND events.seq > ? ORDER BY events.seq`,
  ).all(run, after);
  return rows.map((row) => {
    const { type, ...data } = JSON.parse(String(row['event'])) as Event;
    const { task: _index, ...rest } = data as Record<string, unknown>;
    const task = row['task_name'] === null ? {} : { task: String(row['task_name']) };
    const head = { seq: Number(row['seq']), at: time(Number(row['at'])), workflow_id: run, type, ...task };
    return { ...head, data: { ...rest, ...timesOf(rest) } };
  });
}

const timesOf = (data: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    ['not_before', 'ended_at'].flatMap((name) => {
      const value = data[name];
      return typeof value === 'number' ? [[name, time(value)]] : [];
    }),
  );

export function resourceDocument(row: Row): ResourceDocument {
  const { created_at, updated_at, ...rest } = toResource(row);
  return { ...rest, created_at: time(created_at), updated_at: time(updated_at) };
}

const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

const timeOrNull = (milliseconds: number | null): string | null => (milliseconds === null ? null : time(milliseconds));
