import type { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { NEW_TASK } from '../../domain/task.ts';
import type { Accepted, NewRun, TaskPlace } from '../../ports/store.ts';
import { placeOf } from './load.ts';
import { transaction } from './transaction.ts';

type Answer = Result<Accepted, Failure>;

/** Writes a new run with all its tasks, unless its key has been used. */
export const accept = (database: DatabaseSync, run: NewRun): Answer =>
  transaction(database, () => earlier(database, run) ?? insert(database, run));

function earlier(database: DatabaseSync, run: NewRun): Answer | undefined {
  const { key } = run.submission;
  const row = database.prepare('SELECT id, body_hash, parent_run, parent_task FROM runs WHERE key = ?').get(key);
  if (row === undefined) return undefined;
  if (row['body_hash'] === run.bodyHash)
    return ok({ id: String(row['id']), created: false, parent: placeOf(row['parent_run'], row['parent_task']) });
  return err(
    failure(
      'conflict',
      `the key "${key}" belongs to run ${String(row['id'])}, which was submitted with other content`,
      {
        hint: 'Use another --key, or submit exactly what was submitted first.',
      },
    ),
  );
}

function insert(database: DatabaseSync, run: NewRun): Answer {
  const { submission } = run;
  const parent = parentOf(database, submission.parent);
  database
    .prepare(
      `INSERT INTO runs (id, key, body_hash, owner, status, state, name, infra, workspace, mode, fallback,
                         created_at, last_seq, last_at, parent_run, parent_task)
       VALUES (?, ?, ?, ?, 'queued', '{"status":"queued"}', ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`,
    )
    .run(
      run.id,
      submission.key,
      run.bodyHash,
      run.owner,
      submission.workflow.name,
      submission.workflow.infra,
      submission.workspace,
      submission.mode,
      submission.fallback,
      run.at,
      run.at,
      parent?.run ?? null,
      parent?.task ?? null,
    );
  database.prepare('INSERT INTO submissions (run, submission) VALUES (?, ?)').run(run.id, JSON.stringify(submission));
  insertTasks(database, run);
  database
    .prepare(`INSERT INTO events (run, seq, at, event) VALUES (?, 1, ?, '{"type":"run.accepted"}')`)
    .run(run.id, run.at);
  return ok({ id: run.id, created: true, parent });
}

/** A task that has ended has no children any more: what it left running submits runs like everybody else. */
function parentOf(database: DatabaseSync, taskId: string | undefined): TaskPlace | null {
  if (taskId === undefined) return null;
  const row = database.prepare(`SELECT run, task FROM tasks WHERE task_id = ? AND status = 'running'`).get(taskId);
  return placeOf(row?.['run'], row?.['task']);
}

function insertTasks(database: DatabaseSync, run: NewRun): void {
  const statement = database.prepare(
    `INSERT INTO tasks (run, task, task_id, id, type, status, state) VALUES (?, ?, ?, ?, ?, 'pending', ?)`,
  );
  const state = JSON.stringify(NEW_TASK);
  for (const [task, operation] of run.submission.workflow.operations.entries())
    statement.run(run.id, task, run.taskIds[task] ?? '', operation.id, operation.type, state);
}
