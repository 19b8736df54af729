import { existsSync } from 'node:fs';
import { heldFailure, heldTrouble } from '../api/restored.ts';
import type { Restored } from '../api/restored.ts';
import { diskFull } from '../domain/disk-full.ts';
import type { Failure } from '../domain/failure.ts';
import type { Room } from '../ports/room.ts';

/** What keeps an engine from taking and starting work, if anything does. */
export interface Condition {
  /** The store was restored, and nobody has looked yet. */
  readonly isHeld: boolean;
  readonly isFull: boolean;
  readonly troubles: readonly string[];
  refusal(): Failure | undefined;
  /** Looks again whether that is over. */
  look(): void;
}

export function createCondition(file: string, restored: Restored | undefined, room: Room | undefined): Condition {
  let held = restored;
  const isFull = (): boolean => room?.isFull === true;
  return {
    get isHeld() {
      return held !== undefined;
    },
    get isFull() {
      return isFull();
    },
    get troubles() {
      return [...(held === undefined ? [] : [heldTrouble(held)]), ...(isFull() ? [FULL] : [])];
    },
    refusal() {
      if (held !== undefined) return heldFailure(held);
      // There may be room again: who asks need not wait for the next look.
      if (isFull()) room?.look();
      return isFull() ? diskFull() : undefined;
    },
    look() {
      if (held !== undefined && !existsSync(file)) held = undefined;
      room?.look();
    },
  };
}

const FULL =
  'The disk of the state folder is full: nothing new is taken or started until there is room; what runs goes on.';
