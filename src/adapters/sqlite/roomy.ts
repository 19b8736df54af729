import { diskFull, isDiskFull } from '../../domain/disk-full.ts';
import { err } from '../../domain/result.ts';
import type { Room } from '../../ports/room.ts';
import type { ClaimAnswer, Store } from '../../ports/store.ts';

const LATER: ClaimAnswer = { granted: false, reason: 'slots' };

/**
 * A store that, on a full disk, still takes down how tasks end, in what `room` gives up: and that an automatic rollback follows,
 * which nobody would ask for again. It takes nothing else that is new then.
 */
export function roomy(store: Store, room: Room): Store {
  return {
    ...store,
    accept(run) {
      const follows = run.submission.automatic === true;
      if (room.isFull && !follows) return err(diskFull());
      try {
        return store.accept(run);
      } catch (error) {
        notice(error, room);
        return follows ? store.accept(run) : err(diskFull());
      }
    },
    commit(turn) {
      try {
        return store.commit(turn);
      } catch (error) {
        notice(error, room);
        const { recorded } = store.commit({ ...turn, claims: [] });
        return { recorded, answers: turn.claims.map(() => LATER) };
      }
    },
  };
}

function notice(error: unknown, room: Room): void {
  if (!isDiskFull(error)) throw error;
  room.noticed();
}
