import type { DatabaseSync } from 'node:sqlite';
import type { OutputPiece } from '../../api/responses.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { failure } from '../../domain/failure.ts';
import { findTask } from '../../domain/find-task.ts';
import type { Workflow } from '../../domain/workflow.ts';
import type { Reads } from '../../ports/reads.ts';
import { why } from '../../workflow/why.ts';
import { eventDocuments, resourceDocument, runDocument, runSummary, taskInRun } from './documents.ts';
import { findRun, NONE_YET, notFound } from './find-run.ts';
import { closeAtExit } from './close-at-exit.ts';
import { openForReading } from './open.ts';
import { rollbackPartsOf } from './rollbacks.ts';
import { readSituation } from './situation.ts';
import type { Waits, World } from './obstacles.ts';

export interface ReadsOptions {
  readonly file: string;
  readonly isAlive: (owner: string) => boolean;
  readonly readOutput: (
    taskId: string,
    attempt: number,
    place: { offset: number; since?: number | undefined },
  ) => OutputPiece;
  readonly waits: Waits;
}

/** Reads the store with or without an orchestrator; a store that does not exist yet is empty. */
export function createReads(options: ReadsOptions): Reads {
  let database: DatabaseSync | undefined;
  const open = (): Result<DatabaseSync | undefined, Failure> => {
    if (database !== undefined) return ok(database);
    const opened = openForReading(options.file);
    if (!opened.ok || opened.value === undefined) return opened;
    database = opened.value;
    closeAtExit(database);
    return opened;
  };
  const read = <T>(empty: Result<T, Failure>, work: (database: DatabaseSync) => Result<T, Failure>) => {
    const opened = open();
    if (!opened.ok) return Promise.resolve(opened);
    return Promise.resolve(opened.value === undefined ? empty : work(opened.value));
  };
  return {
    runs: () => read(ok([]), (db) => ok(allRuns(db, options))),
    run: (id) =>
      read(noRun(id), (db) => {
        const found = findRun(db, id);
        return found.ok ? oneRun(db, found.value, options) : found;
      }),
    definition: (id) =>
      read(noRun(id), (db) => {
        const found = findRun(db, id);
        return found.ok ? ok(definitionOf(db, found.value)) : found;
      }),
    tasks: (filter) => read(ok([]), (db) => ok(tasksWith(db, filter.status))),
    task: (taskId) => read(noTask(taskId), (db) => oneTask(db, taskId)),
    why: (id, task) =>
      read(noRun(id), (db) => {
        const found = findRun(db, id);
        return found.ok ? whyOf({ database: db, now: Date.now(), ...options }, found.value, task) : found;
      }),
    events: (id, after) =>
      read(noRun(id), (db) => {
        const found = findRun(db, id);
        return found.ok ? ok(eventDocuments(db, found.value, after)) : found;
      }),
    output: (taskId, offset, since) =>
      read(noTask(taskId), (db) => {
        const found = oneTask(db, taskId);
        if (!found.ok) return found;
        const { task_id, attempts } = found.value.task;
        return ok(options.readOutput(task_id, attempts, { offset, since }));
      }),
    resources: (filter) => read(ok([]), (db) => ok(resourcesWith(db, filter))),
  };
}

/** A store that does not exist yet has none. */
const noRun = (id: string) => err(id === '@latest' ? NONE_YET : notFound(id));
const noTask = (id: string) =>
  err(
    failure('not_found', `there is no task ${JSON.stringify(id.slice(0, 80))}`, {
      hint: 'The tasks of a run and their ids: provisioning workflow status ID --json.',
    }),
  );

const SUMMARY = 'id, name, state, mode, fallback, infra, workspace, created_at, last_at, owner';

const allRuns = (database: DatabaseSync, options: ReadsOptions) =>
  database
    .prepare(`SELECT ${SUMMARY} FROM runs ORDER BY id DESC`)
    .all()
    .map((row) => runSummary(row, options.isAlive));

function oneRun(database: DatabaseSync, id: string, options: ReadsOptions) {
  const row = database.prepare(`SELECT ${SUMMARY} FROM runs WHERE id = ?`).get(id);
  if (row === undefined) return noRun(id);
  const tasks = database.prepare('SELECT * FROM tasks WHERE run = ? ORDER BY task').all(id);
  const more = database
    .prepare(
      `SELECT submission -> '$.source' AS source,
        (SELECT json_object('workflow_id', run, 'task_id', task_id, 'id', id) FROM tasks
         WHERE run = parent_run AND task = parent_task) AS parent
       FROM runs JOIN submissions ON submissions.run = runs.id WHERE runs.id = ?`,
    )
    .get(id);
  const rollback = rollbackPartsOf(database, id, options.isAlive);
  return ok(runDocument({ ...runSummary(row, options.isAlive), ...rollback }, tasks, more ?? {}));
}

function definitionOf(database: DatabaseSync, id: string): Workflow {
  const row = database.prepare(`SELECT submission -> '$.workflow' AS workflow FROM submissions WHERE run = ?`).get(id);
  return JSON.parse(String(row?.['workflow'])) as Workflow;
}

function tasksWith(database: DatabaseSync, status: string | undefined) {
  const rows =
    status === undefined
      ? database.prepare('SELECT * FROM tasks ORDER BY run DESC, task').all()
      : database.prepare('SELECT * FROM tasks WHERE status = ? ORDER BY run DESC, task').all(status);
  return rows.map(taskInRun);
}

function oneTask(database: DatabaseSync, taskId: string) {
  const row = database.prepare('SELECT * FROM tasks WHERE task_id = ?').get(taskId);
  return row === undefined ? noTask(taskId) : ok(taskInRun(row));
}

function whyOf(world: World, id: string, task: string | undefined) {
  const situation = readSituation(world, id);
  if (situation === undefined) return noRun(id);
  const ids = situation.workflow.operations.map((operation) => operation.id);
  const asked = task === undefined ? ok(-1) : findTask(ids, task, 'this run');
  if (!asked.ok) return asked;
  const document = why(situation, ids[asked.value]);
  if (document === undefined) return noRun(id);
  return ok({ ...document, ...rollbackPartsOf(world.database, id, world.isAlive) });
}

function resourcesWith(database: DatabaseSync, filter: Parameters<Reads['resources']>[0]) {
  const rows = database
    .prepare(
      `SELECT * FROM resources WHERE workspace = ? AND kind = ? AND (? IS NULL OR infra = ?) ORDER BY infra, name`,
    )
    .all(filter.workspace, filter.kind, filter.infra ?? null, filter.infra ?? null);
  return rows.map(resourceDocument);
}
