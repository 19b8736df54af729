import type { DatabaseSync } from 'node:sqlite';
import { isOutcome } from '../../domain/run-outcome.ts';
import type { RunState } from '../../domain/run.ts';
import type { Submission } from '../../domain/submission.ts';
import type { TaskState } from '../../domain/task.ts';
import type { Situation } from '../../workflow/why.ts';
import { text } from './column.ts';
import { obstaclesOf } from './obstacles.ts';
import type { World } from './obstacles.ts';

/** All of one moment: nothing that others write meanwhile tears it. `undefined`: no run has this full id. */
export function readSituation(world: World, id: string): Situation | undefined {
  const { database } = world;
  database.exec('BEGIN');
  try {
    return situationOf(world, id);
  } finally {
    database.exec('COMMIT');
  }
}

function situationOf(world: World, id: string): Situation | undefined {
  const { database, isAlive, now } = world;
  const run = database
    .prepare('SELECT owner, state, submission FROM runs JOIN submissions ON run = id WHERE id = ?')
    .get(id);
  if (run === undefined) return undefined;
  const state = JSON.parse(text(run['state'])) as RunState;
  const submission = JSON.parse(text(run['submission'])) as Submission;
  const tasks = database.prepare('SELECT state FROM tasks WHERE run = ? ORDER BY task').all(id);
  return {
    id,
    workflow: submission.workflow,
    state,
    tasks: tasks.map((task) => JSON.parse(text(task['state'])) as TaskState),
    attended: isOutcome(state.status) || isAlive(text(run['owner'])),
    cancelReason: cancelReason(database, id),
    now,
    childStatus: (run) => statusOf(database, run),
    obstacles: obstaclesOf(world, id, submission),
  };
}

function statusOf(database: DatabaseSync, run: string): RunState['status'] | undefined {
  const row = database.prepare('SELECT status FROM runs WHERE id = ?').get(run);
  return row === undefined ? undefined : (text(row['status']) as RunState['status']);
}

function cancelReason(database: DatabaseSync, id: string): string | null {
  const row = database
    .prepare(
      `SELECT event ->> 'reason' AS reason FROM events
       WHERE run = ? AND event ->> 'type' = 'run.cancelling' ORDER BY seq DESC LIMIT 1`,
    )
    .get(id);
  return row === undefined ? null : text(row['reason']);
}
