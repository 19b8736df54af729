import type { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { NEW_TASK } from '../../domain/task.ts';
import type { NewRun } from '../../ports/store.ts';
import { transaction } from './transaction.ts';

type Accepted = Result<{ readonly id: string; readonly created: boolean }, Failure>;

/** Writes a new run with all its tasks, unless its key has been used. */
export const accept = (database: DatabaseSync, run: NewRun): Accepted =>
  transaction(database, () => earlier(database, run) ?? insert(database, run));

function earlier(database: DatabaseSync, run: NewRun): Accepted | undefined {
  const { key } = run.submission;
  const row = database.prepare('SELECT id, body_hash FROM runs WHERE key = ?').get(key);
  if (row === undefined) return undefined;
  if (row['body_hash'] === run.bodyHash) return ok({ id: String(row['id']), created: false });
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

function insert(database: DatabaseSync, run: NewRun): Accepted {
  const { submission } = run;
  database
    .prepare(
      `INSERT INTO runs (id, key, body_hash, owner, status, state, name, infra, workspace, mode, fallback,
                         created_at, last_seq, last_at)
       VALUES (?, ?, ?, ?, 'queued', '{"status":"queued"}', ?, ?, ?, ?, ?, ?, 1, ?)`,
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
    );
  database.prepare('INSERT INTO submissions (run, submission) VALUES (?, ?)').run(run.id, JSON.stringify(submission));
  insertTasks(database, run);
  database
    .prepare(`INSERT INTO events (run, seq, at, event) VALUES (?, 1, ?, '{"type":"run.accepted"}')`)
    .run(run.id, run.at);
  return ok({ id: run.id, created: true });
}

function insertTasks(database: DatabaseSync, run: NewRun): void {
  const statement = database.prepare(
    `INSERT INTO tasks (run, task, task_id, id, type, status, state) VALUES (?, ?, ?, ?, ?, 'pending', ?)`,
  );
  const state = JSON.stringify(NEW_TASK);
  for (const [task, operation] of run.submission.workflow.operations.entries())
    statement.run(run.id, task, run.taskIds[task] ?? '', operation.id, operation.type, state);
}
