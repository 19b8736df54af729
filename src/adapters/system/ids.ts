import { randomUUIDv7 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bootMark, fenceOf } from '../../domain/fence.ts';
import type { Ids } from '../../ports/ids.ts';

export function createIds(): Ids {
  let boot: string | undefined;
  const known = (): string => (boot ??= bootId());
  return { next, fence: () => fenceOf(next(), known()), boot: () => bootMark(known()) };
}

// Node puts it together from pieces, which would all stay in memory with it: half a kilobyte for each id.
const next = (): string => Buffer.from(randomUUIDv7(), 'latin1').toString('latin1');

/** Changes with every boot; empty where the system does not tell. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
