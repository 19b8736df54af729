import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (how: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/**
 * Gives back what V8 keeps for a time that may not come: after the start, or a large definition, that is most of what the
 * orchestrator takes. Takes 15 ms, and 1 ms for each MB in use, in which nothing else is done.
 */
export function shrink(): void {
  collect ??= collector();
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

let collect: Collect | undefined;

/** The only way to V8's collector in a process that was started without the flag: new contexts see it, ours does not. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}

/** Returns a look that shrinks once in each time of rest. `restMs`: milliseconds since anything happened. */
export function createShrinker(restMs: () => number, isLongMs: number, act: () => void = shrink): () => void {
  let isShrunk = false;
  return () => {
    if (restMs() < isLongMs) isShrunk = false;
    else if (!isShrunk) {
      isShrunk = true;
      act();
    }
  };
}
