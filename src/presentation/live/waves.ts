import type { TaskView } from './picture.ts';

export interface Counts {
  readonly all: number;
  readonly completed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly running: number;
  readonly pending: number;
}

type Status = TaskView['status'];

export function countsOf(tasks: Iterable<Pick<TaskView, 'status'>>): Counts {
  const by: Record<Status, number> = {
    completed: 0,
    failed: 0,
    unknown: 0,
    cancelled: 0,
    skipped: 0,
    running: 0,
    pending: 0,
  };
  let all = 0;
  for (const { status } of tasks) {
    by[status] += 1;
    all += 1;
  }
  return { all, ...by };
}

const WORDS = [
  ['failed', 'failed'],
  ['unknown', 'unknown'],
  ['running', 'running'],
  ['completed', 'completed'],
  ['skipped', 'skipped'],
  ['cancelled', 'cancelled'],
  ['pending', 'waiting'],
] as const;

/** `3 running, 12 completed`; what matters comes first, because a narrow screen cuts the rest off. */
export const countsText = (counts: Counts): string =>
  WORDS.filter(([status]) => counts[status] > 0)
    .map(([status, word]) => `${counts[status]} ${word}`)
    .join(', ');

/** `3/7 done, 1 failed, 2 skipped`: only what has completed is done, and what has ended otherwise is said to have. */
export const doneText = (counts: Counts): string =>
  [`${counts.completed}/${counts.all} done`, countsText({ ...counts, completed: 0, running: 0, pending: 0 })]
    .filter((part) => part !== '')
    .join(', ');
