import type { ArmedFailpoint, Failpoint } from '../../domain/failpoint.ts';

/** Ends this process as `kill -9` would, at the moment that was armed. `undefined`, and so free of cost, if none was. */
export function createFailpoint(armed: ArmedFailpoint | undefined): Failpoint | undefined {
  if (armed === undefined) return undefined;
  let left = armed.passage;
  return (name) => {
    if (name === armed.name && --left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
