import { setTimeout as delay } from 'node:timers/promises';
import { demandFiles } from '../../config/open-files.ts';
import { exhausted } from '../../domain/exhausted.ts';

/** Nobody tells us when a file was closed. */
const LOOK_AGAIN_MS = 250;

/**
 * What `look` finds, as soon as files can be opened. Who finds nothing because it could open nothing would tell of a task that
 * it left nothing, or is gone.
 */
export async function whenFilesOpen<T>(look: () => T): Promise<T> {
  for (;;) {
    try {
      demandFiles();
      return look();
    } catch (error) {
      if (exhausted(error) === undefined) throw error;
    }
    await delay(LOOK_AGAIN_MS);
  }
}

/** `undefined` where no file can be opened: somebody looks again. */
export function tolerant<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (exhausted(error) === undefined) throw error;
    return undefined;
  }
}
