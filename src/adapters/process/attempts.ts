import { basename, dirname } from 'node:path';
import type { FoundAttempt } from '../../ports/evidence.ts';
import { namesIn, readRecord } from './files.ts';

/** Below `tasks` there is a folder for each task, and in it one for each attempt: `NUMBER-FENCE`. Fences sort by time. */
export function attemptsOnDisk(tasks: string): readonly FoundAttempt[] {
  return namesIn(tasks).flatMap((taskId) => {
    const newest = newestOf(`${tasks}/${taskId}`);
    if (newest === undefined) return [];
    const request = readRecord(`${tasks}/${taskId}/${newest.number}-${newest.fence}/request.json`);
    const id = request === 'damaged' ? undefined : request?.['workflow_id'];
    return [{ taskId, ...newest, workflowId: typeof id === 'string' ? id : undefined }];
  });
}

/** The attempts of a task, newest first, up to the one in `folder`, which need not exist. */
export function attemptsUpTo(folder: string): readonly { readonly folder: string; readonly marker: string }[] {
  const [task, name] = [dirname(folder), basename(folder)];
  const last = name.slice(name.indexOf('-') + 1);
  return newestFirst(task).flatMap(({ number, fence }) =>
    fence <= last ? [{ folder: `${task}/${number}-${fence}`, marker: fence }] : [],
  );
}

/** The folder of the newest start of an attempt: one that was put back begins again under its number. */
export function latestStart(task: string, attempt: number): string | undefined {
  const latest = newestFirst(task).find(({ number }) => number === attempt);
  return latest === undefined ? undefined : `${task}/${latest.number}-${latest.fence}`;
}

const newestOf = (task: string): NamedAttempt | undefined => newestFirst(task)[0];

interface NamedAttempt {
  readonly number: number;
  readonly fence: string;
}

function newestFirst(task: string): readonly NamedAttempt[] {
  const attempts = namesIn(task).flatMap((name) => {
    const [, number, fence = ''] = /^([1-9]\d*)-(.+)$/.exec(name) ?? [];
    return number === undefined ? [] : [{ number: Number(number), fence }];
  });
  return attempts.toSorted((a, b) => (a.fence < b.fence ? 1 : -1));
}
