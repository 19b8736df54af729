import type { DatabaseSync } from 'node:sqlite';
import type { TaskPlace } from '../../ports/store.ts';

/**
 * The tasks that wait for a run, or for one of which such a task waits, nearest first: they lend it what they hold. A
 * run whose parent goes on meanwhile borrows nothing.
 */
export function createLenders(database: DatabaseSync): (run: string) => readonly TaskPlace[] {
  const waitingParent = database.prepare(
    `SELECT runs.parent_run AS run, runs.parent_task AS task FROM runs
     JOIN tasks ON tasks.run = runs.parent_run AND tasks.task = runs.parent_task AND tasks.status = 'running'
     WHERE runs.id = ? AND EXISTS (SELECT 1 FROM json_each(tasks.state, '$.waitsFor') WHERE value = runs.id)`,
  );
  return (run) => {
    const lenders: TaskPlace[] = [];
    for (let row = waitingParent.get(run); row !== undefined; row = waitingParent.get(String(row['run'])))
      lenders.push({ run: String(row['run']), task: Number(row['task']) });
    return lenders;
  };
}
