import type { Restored } from '../../api/restored.ts';
import type { Failure } from '../../domain/failure.ts';
import { ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { FoundAttempt } from '../../ports/evidence.ts';
import { writeHold } from './hold.ts';
import { openForWriting } from './open.ts';
import type { StorePlace } from './open.ts';
import { reconstruct } from './reconstruct.ts';
import type { Evidence } from './reconstruct.ts';
import { restore } from './restore.ts';

export interface MendPlace extends StorePlace {
  readonly restored: string;
  readonly damaged: string;
}

export interface MendWorld extends Pick<Evidence, 'needsOf' | 'newId'> {
  /** What was wrong. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** As it stands in fences. */
  readonly boot: string;
  readonly attemptsOnDisk: () => readonly FoundAttempt[];
}

/**
 * From a damaged store to one that can be used, and waits for a person: its newest backup, and what the folders of tasks
 * say besides. The caller sees to it that nobody writes meanwhile. A crash in between is followed by the same again.
 */
export function mend(place: MendPlace, world: MendWorld): Result<Restored, Failure> {
  const done = restore({ ...place, store: place.file }, world);
  if (!done.ok) return done;
  const { restored, source } = done.value;
  const opened = openForWriting(place);
  if (!opened.ok) return opened;
  try {
    const isThisBoot = source.boot !== '' && source.boot === world.boot;
    const { now: at, newId, needsOf } = world;
    const found = world.attemptsOnDisk();
    const lost = reconstruct(opened.value, { at, newId, needsOf, found, isThisBoot, boot: source.boot });
    const whole = { ...restored, done: true, lost_runs: [...lost] };
    writeHold(place.restored, whole);
    return ok(whole);
  } finally {
    opened.value.close();
  }
}
