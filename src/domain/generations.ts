const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Every one is as large as the store: the newest, one of a day ago, one of a week ago. */
const OLDER_MS = [DAY_MS, 7 * DAY_MS];

/** Which of the backups of these times need not be kept, so that damage that is noticed late finds an older one. */
export function surplus(times: readonly number[], now: number): readonly number[] {
  const newestFirst = times.toSorted((a, b) => b - a);
  const oldest = newestFirst.at(-1);
  // An age that none has reached yet is the oldest one's to reach.
  const older = OLDER_MS.map((age) => newestFirst.find((time) => time <= now - age) ?? oldest);
  const kept = new Set([newestFirst[0], ...older]);
  return newestFirst.filter((time) => !kept.has(time));
}

export interface Occasion {
  /** When the newest backup was made; `undefined`: there is none. */
  readonly newest: number | undefined;
  /** When the store was last written; `undefined`: there is none. */
  readonly written: number | undefined;
  /** Nothing runs, and nobody asks. */
  readonly quiet: boolean;
  readonly now: number;
}

/** Milliseconds since 1970. A store that never comes to rest is copied all the same, once a day. */
export function isBackupDue({ newest, written, quiet, now }: Occasion): boolean {
  if (written === undefined) return false;
  if (newest === undefined) return true;
  const age = now - newest;
  return written > newest && age >= (quiet ? HOUR_MS : DAY_MS);
}
