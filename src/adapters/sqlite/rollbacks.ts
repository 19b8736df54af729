import type { DatabaseSync } from 'node:sqlite';
import type { RollbackParts, RollbackState } from '../../api/documents.ts';
import { isOutcome } from '../../domain/run-outcome.ts';
import type { RunState } from '../../domain/run.ts';
import type { TaskState } from '../../domain/task.ts';
import { whatStays } from '../../workflow/rollback.ts';
import { createView } from '../../workflow/view.ts';
import { loadRun, ROLLBACK } from './load.ts';

/** What a run takes back, and how the run stands that takes it back. `isAlive`: whether the engine of this name lives. */
export function rollbackPartsOf(
  database: DatabaseSync,
  id: string,
  isAlive: (owner: string) => boolean,
): RollbackParts {
  const row = database
    .prepare(
      // By the key first: the submission of a large run is megabytes of JSON.
      `SELECT CASE WHEN key LIKE 'rollback:%' THEN submission ->> '$.rollback_of' END AS rollback_of, ${ROLLBACK}
       FROM runs JOIN submissions ON submissions.run = runs.id WHERE runs.id = ?`,
    )
    .get(id);
  const [of, by] = [row?.['rollback_of'], row?.['rollback']];
  return {
    ...(typeof of === 'string' ? { rollback_of: of } : {}),
    ...(typeof by === 'string' ? { rolled_back_by: by, rollback: stateOf({ database, id, by }, isAlive) } : {}),
  };
}

interface Rollback {
  readonly database: DatabaseSync;
  /** What is taken back, and what takes it back. */
  readonly id: string;
  readonly by: string;
}

function stateOf({ database, id, by }: Rollback, isAlive: (owner: string) => boolean): RollbackState {
  const row = database.prepare('SELECT state, owner FROM runs WHERE id = ?').get(by);
  const { status } = JSON.parse(String(row?.['state'])) as RunState;
  const { irreversible, uncompensated, altered } = staysOf(database, id);
  return {
    status,
    attended: isOutcome(status) || isAlive(String(row?.['owner'])),
    failures: failuresOf(database, by),
    irreversible: [...irreversible],
    uncompensated: [...uncompensated],
    altered: [...altered],
  };
}

function failuresOf(database: DatabaseSync, run: string): RollbackState['failures'] {
  const rows = database
    .prepare(`SELECT id, state FROM tasks WHERE run = ? AND status IN ('failed', 'unknown') ORDER BY task`)
    .all(run);
  return rows.flatMap(({ id, state }) => {
    const task = JSON.parse(String(state)) as TaskState;
    if (task.status !== 'failed' && task.status !== 'unknown') return [];
    return [{ id: String(id), status: task.status, message: task.failure.message }];
  });
}

function staysOf(database: DatabaseSync, id: string) {
  const run = loadRun(database, id);
  if (run === undefined) return { irreversible: [], uncompensated: [], altered: [] };
  const tasks = run.tasks.map((task) => task.state);
  return whatStays(createView({ id, workflow: run.submission.workflow, state: run.state, tasks }));
}
