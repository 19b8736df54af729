import type { DatabaseSync } from 'node:sqlite';
import type { Pool } from '../../domain/pool.ts';

export interface Buckets {
  /** Takes one token of the pool's bucket of this rate, or says when there will be one, milliseconds since 1970. */
  take(pool: string, settings: Pool, at: number): number | undefined;
}

/**
 * Token buckets, shared by all processes: call them inside the transaction of the claim. A bucket is a single number,
 * the time at which it is full again; a token takes `1000 / rate` milliseconds to come back. A start takes a token of
 * every bucket of its pool, so that each run's own rate holds against the starts of all others; a bucket of a new rate
 * begins full.
 */
export function createBuckets(database: DatabaseSync): Buckets {
  const get = database.prepare('SELECT full_at FROM buckets WHERE pool = ? AND rate = ? AND burst = ?');
  const add = database.prepare('INSERT OR IGNORE INTO buckets (pool, rate, burst, full_at) VALUES (?, ?, ?, ?)');
  // Never emptier than empty: a clock that was set back, or a quicker run's many starts, would close the pool for long.
  const take = database.prepare(
    `UPDATE buckets SET full_at = min(max(full_at, $at) + 1000 / rate, $at + burst * 1000 / rate) WHERE pool = $pool`,
  );
  const forget = database.prepare('DELETE FROM buckets WHERE pool = ? AND full_at < ?');
  return {
    take(pool, { rate_per_second: rate, burst }, at) {
      if (rate !== null) {
        const row = get.get(pool, rate, burst);
        const notBefore = nextToken(Number(row?.['full_at'] ?? at), { rate, burst }, at);
        if (notBefore > at) return notBefore;
        if (row === undefined) add.run(pool, rate, burst, at);
      }
      take.run({ $at: at, $pool: pool });
      forget.run(pool, at - FORGET_MS);
      return undefined;
    },
  };
}

/** When the pool's next task may start by its rate: `at` or earlier if that is now. Takes nothing. */
export function nextStart(
  database: DatabaseSync,
  name: string,
  { settings, at }: { settings: Pool; at: number },
): number {
  const { rate_per_second: rate, burst } = settings;
  if (rate === null) return at;
  const row = database
    .prepare('SELECT full_at FROM buckets WHERE pool = ? AND rate = ? AND burst = ?')
    .get(name, rate, burst);
  return nextToken(Number(row?.['full_at'] ?? at), { rate, burst }, at);
}

function nextToken(fullAt: number, { rate, burst }: { rate: number; burst: number }, at: number): number {
  const token = 1000 / rate;
  return Math.ceil(Math.min(fullAt, at + burst * token) - (burst - 1) * token);
}

/** A bucket that has been full for so long belongs to settings that are no longer in use. */
const FORGET_MS = 7 * 24 * 3600 * 1000;
