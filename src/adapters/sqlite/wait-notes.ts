import type { DatabaseSync } from 'node:sqlite';
import type { WaitNotes } from '../../ports/wait-notes.ts';

const TASK = `(SELECT run FROM tasks WHERE task_id = $task), (SELECT task FROM tasks WHERE task_id = $task)`;

export function createWaitNotes(database: DatabaseSync): WaitNotes {
  const isRunning = database.prepare(`SELECT 1 FROM tasks WHERE task_id = ? AND status = 'running'`);
  const add = database.prepare(
    `INSERT INTO wait_notes (run, task, child, waiter)
     SELECT run, task, $child, $waiter FROM tasks WHERE task_id = $task AND status = 'running'
     ON CONFLICT DO UPDATE SET waiter = excluded.waiter`,
  );
  const find = database.prepare(`SELECT 1 FROM wait_notes WHERE (run, task) = (${TASK}) AND child = $child`);
  const withdraw = database.prepare(
    `UPDATE wait_notes SET waiter = '' WHERE (run, task) = (${TASK}) AND child = $child`,
  );
  const ofOwner = database.prepare(
    `SELECT wait_notes.* FROM wait_notes JOIN runs ON runs.id = wait_notes.run WHERE runs.owner = ?`,
  );
  const remove = database.prepare('DELETE FROM wait_notes WHERE run = ? AND task = ? AND child = ?');
  return {
    add: (taskId, child, waiter) => add.run({ $task: taskId, $child: child, $waiter: waiter }).changes === 1,
    isOpen: (taskId, child) =>
      find.get({ $task: taskId, $child: child }) !== undefined && isRunning.get(taskId) !== undefined,
    withdraw(taskId, child) {
      withdraw.run({ $task: taskId, $child: child });
    },
    of: (owner) =>
      ofOwner.all(owner).map((row) => ({
        run: String(row['run']),
        task: Number(row['task']),
        child: String(row['child']),
        waiter: String(row['waiter']),
      })),
    remove({ run, task, child }) {
      remove.run(run, task, child);
    },
  };
}
