import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';

/** A damaged store was moved aside and a backup put in its place. While the file says so, nothing is started. */
export interface Restored {
  /** `false`: a crash came between; it is done again from the beginning. */
  readonly done: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** When what is there now was made. */
  readonly backup_at: string;
  /** What was wrong with the store. */
  readonly reason: string;
  /** The folder with what was moved aside. */
  readonly evidence: string;
  /** Runs that were accepted after the backup: only the folders of their tasks tell of them. */
  readonly lost_runs: readonly string[];
}

/** `undefined`: it is no such record. */
export function parseRestored(text: string): Restored | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRestored(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** By hand: whoever asks how the orchestrator is would wait longer for a validating library than for the answer. */
function isRestored(value: unknown): value is Restored {
  if (!isRecord(value) || typeof value['done'] !== 'boolean' || !Array.isArray(value['lost_runs'])) return false;
  const texts: readonly unknown[] = [
    value['at'],
    value['backup_at'],
    value['reason'],
    value['evidence'],
    ...value['lost_runs'],
  ];
  return texts.every((text) => typeof text === 'string');
}

const SHOWN_RUNS = 5;

function restoredText({ reason, backup_at, evidence, lost_runs }: Restored): string {
  const lost =
    lost_runs.length === 0
      ? ''
      : ` Of ${lost_runs.length} runs that came after it there are only the folders of their tasks: ${lost_runs
          .slice(0, SHOWN_RUNS)
          .join(', ')}${lost_runs.length > SHOWN_RUNS ? ' …' : ''}.`;
  return `The store was damaged (${reason}) and is now as it was at ${backup_at}; the damaged one is in ${evidence}.${lost}`;
}

const RESUME = 'provisioning orchestrator resume';

/** What `status` says of it. */
export const heldTrouble = (restored: Restored): string =>
  `${restoredText(restored)} Nothing is started until: ${RESUME}`;

/** Why nothing new is taken. */
export const heldFailure = (restored: Restored): Failure =>
  failure('try_later', `nothing is started until you say so: ${restoredText(restored)}`, {
    hint: `See what is unknown or queued now: provisioning workflow list. Then go on: ${RESUME}`,
  });
