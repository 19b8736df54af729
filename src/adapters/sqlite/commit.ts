import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Event, Recorded } from '../../domain/event.ts';
import type { RunState } from '../../domain/run.ts';
import type { TaskState } from '../../domain/task.ts';
import type { Claim, ClaimAnswer, Committed, RunChange, Turn } from '../../ports/store.ts';
import { waitsOf } from '../../domain/task.ts';
import { createBuckets } from './buckets.ts';
import { createLenders } from './lenders.ts';
import { UNFINISHED } from './load.ts';
import { createResourceWriter } from './resources.ts';
import { transaction } from './transaction.ts';

const NO_SLOT: ClaimAnswer = { granted: false, reason: 'slots' };

type Row = Record<string, SQLOutputValue>;
type Statements = ReturnType<typeof prepare>;

/** One turn of an engine in one transaction: what happened first, because it frees slots; then the new claims. */
export function createCommit(database: DatabaseSync, isAlive: (owner: string) => boolean): (turn: Turn) => Committed {
  const statements = prepare(database);
  return (turn) =>
    transaction(database, () => {
      const recorded = new Map<string, Recorded[]>();
      const log = (run: string, events: readonly Event[]): void => {
        append(statements, { run, events, at: turn.at, recorded });
      };
      for (const change of turn.runs) writeRun(statements, change, turn.at, log);
      let free = turn.claims.length === 0 ? 0 : turn.limit - liveClaims(statements.claimsByOwner.all(), isAlive);
      const answers = turn.claims.map((claim): ClaimAnswer => {
        const answer = free > 0 ? tryClaim({ statements, isAlive, at: turn.at }, claim) : NO_SLOT;
        if (answer.granted) {
          free--;
          log(claim.run, [claim.event]);
        }
        return answer;
      });
      return { recorded, answers };
    });
}

function prepare(database: DatabaseSync) {
  return {
    lastSeq: database.prepare('SELECT last_seq FROM runs WHERE id = ?'),
    setSeq: database.prepare('UPDATE runs SET last_seq = ?, last_at = ? WHERE id = ?'),
    addEvent: database.prepare('INSERT INTO events (run, seq, at, event) VALUES (?, ?, ?, ?)'),
    // A wish to cancel is heard once: a retry after it is another matter.
    setRun: database.prepare(
      `UPDATE runs SET status = ?1, state = ?2, cancel_requested = iif(
         status IN (${UNFINISHED}) AND ?1 IN (${UNFINISHED}) AND ?1 <> 'cancelling', cancel_requested, NULL
       ) WHERE id = ?3`,
    ),
    setTask: database.prepare('UPDATE tasks SET status = ?, state = ? WHERE run = ? AND task = ?'),
    release: database.prepare('DELETE FROM claims WHERE run = ? AND task = ?'),
    letGo: database.prepare('DELETE FROM holds WHERE run = ? AND task = ?'),
    claim: database.prepare('INSERT INTO claims (run, task, pool) VALUES (?, ?, ?)'),
    hold: database.prepare('INSERT INTO holds (resource, run, task) VALUES (?, ?, ?)'),
    holders: database.prepare('SELECT run, task FROM holds WHERE resource = ?'),
    lendersOf: createLenders(database),
    claimsByOwner: database.prepare(
      'SELECT runs.owner AS owner, count(*) AS claims FROM claims JOIN runs ON runs.id = claims.run GROUP BY runs.owner',
    ),
    poolClaims: database.prepare(
      `SELECT runs.owner AS owner, count(*) AS claims FROM claims JOIN runs ON runs.id = claims.run
       WHERE claims.pool = ? GROUP BY runs.owner`,
    ),
    buckets: createBuckets(database),
    resources: createResourceWriter(database),
  };
}

function writeRun(
  statements: Statements,
  change: RunChange,
  at: number,
  log: (run: string, events: readonly Event[]) => void,
): void {
  log(change.id, change.events);
  for (const [task, state] of change.tasks) writeTask(statements, change.id, task, state);
  writeState(statements, change.id, change.state);
  for (const { task, changes } of change.resources) statements.resources(change.id, task, { changes, at });
}

function writeTask(statements: Statements, run: string, task: number, state: TaskState): void {
  statements.setTask.run(state.status, JSON.stringify(state), run, task);
  // Who waits for a child run takes no slot, but holds what it held: the child borrows it.
  if (state.status === 'running' && waitsOf(state).length === 0) return;
  statements.release.run(run, task);
  if (state.status === 'running') return;
  statements.letGo.run(run, task);
}

function writeState(statements: Statements, run: string, state: RunState): void {
  statements.setRun.run(state.status, JSON.stringify(state), run);
}

interface Claiming {
  readonly statements: Statements;
  readonly isAlive: (owner: string) => boolean;
  readonly at: number;
}

function tryClaim(claiming: Claiming, claim: Claim): ClaimAnswer {
  const { statements } = claiming;
  const held = strangerOf(statements, claim);
  if (held !== undefined) return held;
  const refusal = claim.pool === undefined ? undefined : enterPool(claiming, claim.pool, claim.event.type);
  if (refusal !== undefined) return refusal;
  statements.claim.run(claim.run, claim.task, claim.pool?.name ?? null);
  for (const key of claim.holds) statements.hold.run(key, claim.run, claim.task);
  statements.setTask.run(claim.state.status, JSON.stringify(claim.state), claim.run, claim.task);
  return { granted: true };
}

/** Somebody who holds one of the keys, and does not lend it to the claim's run. */
function strangerOf({ holders, lendersOf }: Statements, claim: Claim): ClaimAnswer | undefined {
  for (const key of claim.holds) {
    const rows = holders.all(key);
    const lenders = rows.length === 0 ? [] : lendersOf(claim.run);
    const stranger = rows.find((row) => !lenders.some(({ run, task }) => run === row['run'] && task === row['task']));
    if (stranger !== undefined) return { granted: false, reason: 'held', key, holder: String(stranger['run']) };
  }
  return undefined;
}

/** Takes a token of the pool when there is a place in it; who goes on has taken one when it started. */
function enterPool(
  claiming: Claiming,
  { name, settings }: NonNullable<Claim['pool']>,
  type: Claim['event']['type'],
): ClaimAnswer | undefined {
  const { statements, isAlive, at } = claiming;
  const rows = statements.poolClaims.all(name);
  if (liveClaims(rows, isAlive) >= settings.limit) return { granted: false, reason: 'pool' };
  if (type === 'task.resumed') return undefined;
  const notBefore = statements.buckets.take(name, settings, at);
  return notBefore === undefined ? undefined : { granted: false, reason: 'rate', notBefore };
}

function liveClaims(rows: readonly Row[], isAlive: (owner: string) => boolean): number {
  let count = 0;
  for (const row of rows) if (isAlive(String(row['owner']))) count += Number(row['claims']);
  return count;
}

function append(
  statements: Statements,
  entry: { run: string; events: readonly Event[]; at: number; recorded: Map<string, Recorded[]> },
): void {
  const { run, events, at, recorded } = entry;
  if (events.length === 0) return;
  let seq = Number(statements.lastSeq.get(run)?.['last_seq'] ?? 0);
  const log = recorded.get(run) ?? [];
  recorded.set(run, log);
  for (const event of events) {
    statements.addEvent.run(run, ++seq, at, JSON.stringify(event));
    log.push({ ...event, seq, at });
  }
  statements.setSeq.run(seq, at, run);
}
