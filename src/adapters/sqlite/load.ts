import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { RunState } from '../../domain/run.ts';
import type { Submission } from '../../domain/submission.ts';
import type { TaskState } from '../../domain/task.ts';
import type { StoredRun, TaskPlace } from '../../ports/store.ts';

/** A rollback is found by its key, which is made of the id of the run that it takes back. */
export const ROLLBACK = `(SELECT undo.id FROM runs AS undo WHERE undo.key = 'rollback:' || runs.id) AS rollback`;

export function loadRun(database: DatabaseSync, id: string): StoredRun | undefined {
  const run = database
    .prepare(
      `SELECT owner, submission, state, created_at, cancel_requested, parent_run, parent_task, ${ROLLBACK}
       FROM runs JOIN submissions ON submissions.run = runs.id WHERE id = ?`,
    )
    .get(id);
  if (run === undefined) return undefined;
  const tasks = database.prepare('SELECT task_id, state FROM tasks WHERE run = ? ORDER BY task').all(id);
  return {
    id,
    owner: String(run['owner']),
    submission: JSON.parse(String(run['submission'])) as Submission,
    state: JSON.parse(String(run['state'])) as RunState,
    createdAt: Number(run['created_at']),
    tasks: tasks.map((task) => ({
      taskId: String(task['task_id']),
      state: JSON.parse(String(task['state'])) as TaskState,
    })),
    rollback: run['rollback'] === null ? null : String(run['rollback']),
    parent: placeOf(run['parent_run'], run['parent_task']),
    cancelRequested: run['cancel_requested'] === null ? null : String(run['cancel_requested']),
  };
}

export const placeOf = (run: SQLOutputValue | undefined, task: SQLOutputValue | undefined): TaskPlace | null =>
  typeof run === 'string' ? { run, task: Number(task) } : null;

/** For SQL: the statuses of runs that have not ended. */
export const UNFINISHED = `'queued', 'running', 'paused', 'cancelling'`;

/** Oldest first: ids sort by time of creation. */
export function unfinishedRuns(
  database: DatabaseSync,
): { id: string; owner: string; cancelRequested: string | null }[] {
  const rows = database
    .prepare(`SELECT id, owner, cancel_requested FROM runs WHERE status IN (${UNFINISHED}) ORDER BY id`)
    .all();
  return rows.map((row) => ({
    id: String(row['id']),
    owner: String(row['owner']),
    cancelRequested: row['cancel_requested'] === null ? null : String(row['cancel_requested']),
  }));
}
