import type { DatabaseSync } from 'node:sqlite';
import type { Event, Recorded } from '../../domain/event.ts';
import type { RunState } from '../../domain/run.ts';
import type { TaskState } from '../../domain/task.ts';
import type { Claim, ClaimAnswer, Committed, RunChange, Turn } from '../../ports/store.ts';
import { createResourceWriter } from './resources.ts';
import { transaction } from './transaction.ts';

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
      let free = turn.claims.length === 0 ? 0 : turn.limit - liveClaims(statements, isAlive);
      const answers = turn.claims.map((claim): ClaimAnswer => {
        const answer = tryClaim(statements, claim, free);
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
    setRun: database.prepare('UPDATE runs SET status = ?, state = ? WHERE id = ?'),
    setTask: database.prepare('UPDATE tasks SET status = ?, state = ? WHERE run = ? AND task = ?'),
    release: database.prepare('DELETE FROM claims WHERE run = ? AND task = ?'),
    letGo: database.prepare('DELETE FROM holds WHERE run = ? AND task = ?'),
    claim: database.prepare('INSERT INTO claims (run, task) VALUES (?, ?)'),
    hold: database.prepare('INSERT INTO holds (resource, run, task) VALUES (?, ?, ?)'),
    holder: database.prepare('SELECT run FROM holds WHERE resource = ?'),
    claimsByOwner: database.prepare(
      'SELECT runs.owner AS owner, count(*) AS claims FROM claims JOIN runs ON runs.id = claims.run GROUP BY runs.owner',
    ),
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
  if (state.status === 'running') return;
  statements.release.run(run, task);
  statements.letGo.run(run, task);
}

function writeState(statements: Statements, run: string, state: RunState): void {
  statements.setRun.run(state.status, JSON.stringify(state), run);
}

function tryClaim(statements: Statements, claim: Claim, free: number): ClaimAnswer {
  if (free <= 0) return { granted: false, reason: 'slots', holder: null };
  for (const resource of claim.resources) {
    const holder = statements.holder.get(resource);
    if (holder !== undefined) return { granted: false, reason: 'resource', holder: String(holder['run']) };
  }
  statements.claim.run(claim.run, claim.task);
  for (const resource of claim.resources) statements.hold.run(resource, claim.run, claim.task);
  statements.setTask.run(claim.state.status, JSON.stringify(claim.state), claim.run, claim.task);
  return { granted: true };
}

function liveClaims(statements: Statements, isAlive: (owner: string) => boolean): number {
  let count = 0;
  for (const row of statements.claimsByOwner.all()) if (isAlive(String(row['owner']))) count += Number(row['claims']);
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
