import type { DatabaseSync } from 'node:sqlite';
import type { Event, TaskEvent } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { isOutcome } from '../../domain/run-outcome.ts';
import { transitionRun } from '../../domain/run.ts';
import type { RunState } from '../../domain/run.ts';
import type { Submission } from '../../domain/submission.ts';
import { transitionTask } from '../../domain/task.ts';
import type { TaskState } from '../../domain/task.ts';
import type { Operation } from '../../domain/workflow.ts';
import type { FoundAttempt } from '../../ports/evidence.ts';
import type { Claim, StoredRun, Turn } from '../../ports/store.ts';
import type { Needs } from '../../scheduler/needs.ts';
import { createCommit } from './commit.ts';
import { loadRun, unfinishedRuns } from './load.ts';

export interface Evidence {
  readonly found: readonly FoundAttempt[];
  /** In which the copy was made. Only if it is this one, what left no folder has not begun: a power cut takes folders. */
  readonly boot: string;
  readonly isThisBoot: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly newId: () => string;
  readonly needsOf: (submission: Submission, operation: Operation) => Needs;
}

/**
 * Makes a store that was restored from a copy agree with what the folders of tasks tell. Tasks that began after the
 * copy was made are `running` afterwards, as if their engine had just died: recovery finds out how they ended. Those of
 * which nobody can know whether they began are `unknown`. Returns ids of runs of which there is no record.
 */
export function reconstruct(database: DatabaseSync, evidence: Evidence): readonly string[] {
  const commit = createCommit(database, () => false);
  const taskOf = database.prepare('SELECT run, task FROM tasks WHERE task_id = ?');
  const found = new Map<string, Map<number, FoundAttempt>>();
  const lost = new Set<string>();
  for (const attempt of evidence.found) {
    const row = taskOf.get(attempt.taskId);
    if (row !== undefined) within(found, String(row['run'])).set(Number(row['task']), attempt);
    else if (attempt.workflowId !== undefined) lost.add(attempt.workflowId);
  }
  const open = evidence.isThisBoot ? [] : unfinishedRuns(database).map(({ id }) => id);
  for (const id of new Set([...found.keys(), ...open])) {
    const run = loadRun(database, id);
    if (run === undefined) continue;
    const past = new Past(run, evidence);
    const known = fencesOf(database, id);
    for (const [task, attempt] of found.get(id) ?? [])
      if (known.get(task)?.has(attempt.fence) !== true) past.began(task, attempt);
    if (!evidence.isThisBoot && !isOutcome(run.state.status)) past.doubt();
    enter(commit, past.turn());
  }
  return [...lost];
}

/** What cannot be claimed, because another attempt that was found holds the same, runs without a claim: it does run. */
function enter(commit: ReturnType<typeof createCommit>, turn: Turn): void {
  const { answers } = commit(turn);
  const [run] = turn.runs;
  for (const [index, { task, event, state }] of turn.claims.entries())
    if (run !== undefined && answers[index]?.granted === false)
      commit({ ...turn, claims: [], runs: [{ ...run, events: [event], tasks: new Map([[task, state]]) }] });
}

function within(runs: Map<string, Map<number, FoundAttempt>>, id: string): Map<number, FoundAttempt> {
  const tasks = runs.get(id) ?? new Map<number, FoundAttempt>();
  runs.set(id, tasks);
  return tasks;
}

function fencesOf(database: DatabaseSync, run: string): ReadonlyMap<number, ReadonlySet<string>> {
  const rows = database
    .prepare(
      `SELECT event ->> 'task' AS task, event ->> 'fence' AS fence FROM events
       WHERE run = ? AND event ->> 'type' = 'task.started'`,
    )
    .all(run);
  const fences = new Map<number, Set<string>>();
  for (const row of rows) {
    const task = Number(row['task']);
    fences.set(task, (fences.get(task) ?? new Set()).add(String(row['fence'])));
  }
  return fences;
}

/** What has to be put on record of one run. */
class Past {
  readonly #run: StoredRun;
  readonly #evidence: Evidence;
  readonly #events: Event[] = [];
  readonly #tasks = new Map<number, TaskState>();
  readonly #claims: Claim[] = [];
  #state: RunState;

  constructor(run: StoredRun, evidence: Evidence) {
    this.#run = run;
    this.#evidence = evidence;
    this.#state = run.state;
  }

  /** It has a folder that the copy knows nothing of. */
  began(task: number, { number, fence }: FoundAttempt): void {
    const operation = this.#run.submission.workflow.operations[task];
    if (operation === undefined) return;
    this.#open();
    const { status, attempts } = this.#stateOf(task);
    if (status === 'running') this.#record({ type: 'task.requeued', task, attempt: attempts, reason: RESTORED });
    else if (status !== 'pending') this.#record({ type: 'task.reset', task, reason: RESTORED });
    const event = { type: 'task.started', task, attempt: number, fence } as const;
    const state = transitionTask(this.#stateOf(task), event, this.#evidence.at);
    const { keys, pool } = this.#evidence.needsOf(this.#run.submission, operation);
    // It took its token when it began.
    const entered =
      pool === undefined ? undefined : { ...pool, settings: { ...pool.settings, limit: 1e9, rate_per_second: null } };
    this.#claims.push({ run: this.#run.id, task, event, state, holds: keys, pool: entered });
  }

  /** What has not begun as far as anybody can see may have: only what may be done twice stays queued. */
  doubt(): void {
    const claimed = new Set(this.#claims.map(({ task }) => task));
    for (const [task, { idempotent }] of this.#run.submission.workflow.operations.entries()) {
      const { status, attempts } = this.#stateOf(task);
      if (status !== 'pending' || idempotent === true || claimed.has(task)) continue;
      this.#open();
      const [attempt, fence] = [attempts + 1, `${this.#evidence.newId()}.${this.#evidence.boot}`];
      this.#record({ type: 'task.started', task, attempt, fence });
      this.#record({ type: 'task.unknown', task, attempt, failure: DOUBTFUL });
    }
  }

  turn(): Turn {
    const run = { id: this.#run.id, state: this.#state, events: this.#events, tasks: this.#tasks, resources: [] };
    return { at: this.#evidence.at, limit: Number.MAX_SAFE_INTEGER, runs: [run], claims: this.#claims };
  }

  #open(): void {
    const { status } = this.#state;
    if (status === 'queued') this.#recordRun({ type: 'run.started' });
    else if (isOutcome(status)) this.#recordRun({ type: 'run.reopened', reason: RESTORED });
  }

  #recordRun(event: Parameters<typeof transitionRun>[1]): void {
    this.#state = transitionRun(this.#state, event, this.#evidence.at);
    this.#events.push(event);
  }

  #record(event: TaskEvent): void {
    this.#tasks.set(event.task, transitionTask(this.#stateOf(event.task), event, this.#evidence.at));
    this.#events.push(event);
  }

  #stateOf(task: number): TaskState {
    const state = this.#tasks.get(task) ?? this.#run.tasks[task]?.state;
    if (state === undefined) throw new Error(`Internal error: run ${this.#run.id} has no task ${task}`);
    return state;
  }
}

const RESTORED = 'the store was restored from a backup';

const DOUBTFUL: Failure = failure(
  'outcome_unknown',
  'nobody can say whether it ran: the store was restored from a backup, and the machine was restarted since that was made',
  { hint: 'Look at what exists, then say it: provisioning workflow resolve ID TASK --as completed|failed|retry.' },
);
