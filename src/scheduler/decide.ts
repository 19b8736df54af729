/** What the scheduler has to know of one run; sets are in the order in which they became ready. */
export interface Queue {
  readonly run: string;
  readonly running: number;
  readonly parallelLimit: number | undefined;
  /** By priority weight, lowest first. */
  readonly ready: readonly ReadonlySet<number>[];
  /** Task → when its retry is due, milliseconds since 1970. */
  readonly delayed: ReadonlyMap<number, number>;
  /** Attempt deadlines: task → milliseconds since 1970. */
  readonly deadlines: ReadonlyMap<number, number>;
}

export interface Snapshot {
  readonly now: number;
  /** Free slots under the global limit. */
  readonly free: number;
  /** Oldest run first. */
  readonly queues: readonly Queue[];
  /** `run/task` keys that cannot start now, because something that they need is held. */
  readonly blocked: ReadonlySet<string>;
}

export interface Choice {
  readonly run: string;
  readonly task: number;
}

export interface Decisions {
  readonly start: readonly Choice[];
  /** Retries whose time has come: they are ready from now on. */
  readonly due: readonly Choice[];
  /** Attempts that have used up their time. */
  readonly expired: readonly Choice[];
  /** When to decide again even if nothing happens; `null` when only an event can change anything. */
  readonly wakeAt: number | null;
}

export const choiceKey = (choice: Choice): string => `${choice.run}/${choice.task}`;

/** Order of execution: higher priority first, then the older run, then the task that has been ready for longer. */
export function decide(snapshot: Snapshot): Decisions {
  const due: Choice[] = [];
  const expired: Choice[] = [];
  let wakeAt: number | null = null;
  const at = (time: number): void => {
    wakeAt = wakeAt === null ? time : Math.min(wakeAt, time);
  };
  for (const { run, delayed, deadlines } of snapshot.queues) {
    for (const [task, time] of delayed)
      if (time <= snapshot.now) due.push({ run, task });
      else at(time);
    for (const [task, time] of deadlines)
      if (time <= snapshot.now) expired.push({ run, task });
      else at(time);
  }
  return { start: starts(snapshot), due, expired, wakeAt: due.length > 0 ? snapshot.now : wakeAt };
}

function starts(snapshot: Snapshot): Choice[] {
  const start: Choice[] = [];
  const taken = new Map<string, number>();
  const weights = Math.max(0, ...snapshot.queues.map((queue) => queue.ready.length));
  for (let weight = weights - 1; weight >= 0; weight--)
    for (const queue of snapshot.queues)
      for (const task of queue.ready[weight] ?? []) {
        if (start.length >= snapshot.free) return start;
        const used = queue.running + (taken.get(queue.run) ?? 0);
        if (queue.parallelLimit !== undefined && used >= queue.parallelLimit) break;
        const choice = { run: queue.run, task };
        if (snapshot.blocked.has(choiceKey(choice))) continue;
        taken.set(queue.run, (taken.get(queue.run) ?? 0) + 1);
        start.push(choice);
      }
  return start;
}
