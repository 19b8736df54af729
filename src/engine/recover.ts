import type { Hooks } from './interpret.ts';
import type { Loop } from './loop.ts';
import { own } from './owned.ts';
import type { Owned } from './owned.ts';
import type { World } from './world.ts';

/**
 * What happens after `kill -9`, in one place. A run is taken over only when its owner's kernel lock is free, so a live
 * direct run is never "recovered". Of its tasks that stand as running, the attempt's folder tells the truth: one that
 * ended is finished, one that lives is watched again, one whose claim could be revoked is queued again, and one that
 * began and left neither an end on disk nor a process is `unknown`.
 *
 * Also delivers requests to cancel that others left for runs of this engine. Returns how many runs it took over.
 */
export function recoverRuns(world: World, loop: Loop, hooks: Hooks, wanted: (run: string) => boolean): number {
  const alive = new Map<string, boolean>([[world.owner, true]]);
  const isAlive = (owner: string): boolean => {
    const known = alive.get(owner) ?? world.isAlive(owner);
    alive.set(owner, known);
    return known;
  };
  // What kept this engine from starting anything may be over.
  loop.wake();
  const open = world.store.unfinished().filter(({ id }) => wanted(id));
  for (const { id } of open) loop.waken(id);
  const orphans = open.filter(({ owner }) => !isAlive(owner));
  const taken = orphans.length === 0 ? [] : world.store.takeOver(orphans, world.owner);
  for (const id of taken) takeUp(world, loop, hooks, id);
  for (const { id, cancelRequested } of open)
    if (cancelRequested !== null && loop.runs.has(id)) loop.post(id, { type: 'cancel', reason: cancelRequested });
  return taken.length;
}

/**
 * A run keeps a task of this engine from what it needs. If that run's owner is dead, what of it runs is watched to its
 * end, so that it lets go. Nothing more of it is started here: that is for whoever goes on with it.
 */
export function tend(world: World, loop: Loop, hooks: Hooks, id: string): void {
  const found = world.store.unfinished().find((run) => run.id === id);
  if (found === undefined || loop.runs.has(id) || world.isAlive(found.owner)) return;
  for (const taken of world.store.takeOver([found], world.owner)) takeUp(world, loop, hooks, taken).dormant = true;
}

function takeUp(world: World, loop: Loop, hooks: Hooks, id: string): Owned {
  const stored = world.store.load(id);
  if (stored === undefined) throw new Error(`Internal error: run ${id} has vanished`);
  const run = own(stored);
  world.failpoint?.('taken-over');
  loop.take(run);
  loop.post(id, { type: 'adopt' });
  loop.post(id, { type: 'start' });
  for (const task of run.view.running) {
    hooks.adopt(run, task);
    if (run.view.state.status === 'cancelling') hooks.kill(run, task);
  }
  return run;
}
