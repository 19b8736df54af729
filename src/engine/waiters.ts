import { isTaskEvent } from '../domain/event.ts';
import type { Event } from '../domain/event.ts';
import type { Owned } from './owned.ts';

/** Tells those who wait with tasks of the run what has become durable. */
export function tellWaiters(run: Owned, events: readonly Event[]): void {
  if (run.waiters.size === 0) return;
  for (const event of events.filter(isTaskEvent)) {
    const hasEnded = !run.view.running.has(event.task);
    for (const waiter of run.waiters) {
      if (waiter.task !== event.task) continue;
      if (!hasEnded && (event.type !== 'task.resumed' || event.child !== waiter.child)) continue;
      run.waiters.delete(waiter);
      waiter.over();
    }
  }
}
