/** A wall clock that goes on while the monotonic one stands still: the machine slept, or its clock was set. */
const WORTH_TELLING_MS = 5000;

/** Returns a look that tells by how many milliseconds the clocks have moved apart since the last one, if by many. */
export function createSleepWatch(wall: () => number, monotonic: () => number): () => number | undefined {
  let apart = wall() - monotonic();
  return () => {
    const now = wall() - monotonic();
    const moved = now - apart;
    apart = now;
    return Math.abs(moved) >= WORTH_TELLING_MS ? Math.round(moved) : undefined;
  };
}
