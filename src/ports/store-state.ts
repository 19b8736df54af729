import type { Restored } from '../api/restored.ts';

/** What there is to say of the store as a whole. Nothing of it makes a store. */
export interface StoreState {
  /** It was restored from a backup, and waits for a person. */
  restored(): Restored | undefined;
  /** That person has looked. */
  lift(restored: Restored): void;
  /** What is wrong with it, if anything is. Takes about a millisecond for each MB. */
  damage(): string | undefined;
}
