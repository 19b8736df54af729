import type { DatabaseSync } from 'node:sqlite';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Store } from '../../ports/store.ts';
import { accept } from './accept.ts';
import { createCommit } from './commit.ts';
import { loadRun, UNFINISHED, unfinishedRuns } from './load.ts';
import { openForWriting } from './open.ts';
import type { StorePlace } from './open.ts';
import { resourcesOf } from './resources.ts';
import { transaction } from './transaction.ts';
import { createWaitNotes } from './wait-notes.ts';

export interface StoreOptions extends StorePlace {
  /** Whether the engine of this name lives: slots that dead engines had taken are free. */
  readonly isAlive: (owner: string) => boolean;
}

/** One SQLite file, shared by all processes of the user. Throws where it is damaged. */
export function createStore(options: StoreOptions): Result<Store, Failure> {
  const opened = openForWriting(options);
  return opened.ok ? ok(storeOn(opened.value, options)) : err(opened.error);
}

function storeOn(database: DatabaseSync, options: StoreOptions): Store {
  const takeOver = database.prepare('UPDATE runs SET owner = ? WHERE id = ? AND owner = ?');
  const amend = database.prepare('UPDATE submissions SET submission = ? WHERE run = ?');
  const requestCancel = database.prepare(
    `UPDATE runs SET cancel_requested = ? WHERE id = ? AND status IN (${UNFINISHED})`,
  );
  return {
    accept: (run) => accept(database, run),
    commit: createCommit(database, options.isAlive),
    load: (id) => loadRun(database, id),
    unfinished: () => unfinishedRuns(database),
    takeOver: (runs, to) =>
      transaction(database, () =>
        runs.flatMap(({ id, owner }) => (takeOver.run(to, id, owner).changes === 1 ? [id] : [])),
      ),
    amend: (id, submission) => {
      amend.run(JSON.stringify(submission), id);
    },
    requestCancel: (id, reason) => requestCancel.run(reason, id).changes === 1,
    notes: createWaitNotes(database),
    resources: (where) => resourcesOf(database, where),
    close: () => {
      database.close();
    },
  };
}
