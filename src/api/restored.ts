import { z } from 'zod';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';

/** A damaged store was moved aside and a backup put in its place. While the file says so, nothing is started. */
const restored = z.object({
  /** `false`: a crash came between; it is done again from the beginning. */
  done: z.boolean(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** When what is there now was made. */
  backup_at: z.string(),
  /** What was wrong with the store. */
  reason: z.string(),
  /** The folder with what was moved aside. */
  evidence: z.string(),
  /** Runs that were accepted after the backup: only the folders of their tasks tell of them. */
  lost_runs: z.array(z.string()),
});

export type Restored = z.infer<typeof restored>;

/** `undefined`: it is no such record. */
export function parseRestored(text: string): Restored | undefined {
  try {
    return restored.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
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
