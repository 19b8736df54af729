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
export function attemptsUpTo(folder: string): readonly string[] {
  const task = dirname(folder);
  const last = fenceOf(basename(folder));
  const names = namesIn(task).filter((name) => /^[1-9][0-9]*-/.test(name) && fenceOf(name) <= last);
  names.sort((a, b) => (fenceOf(a) < fenceOf(b) ? 1 : -1));
  return names.map((name) => `${task}/${name}`);
}

export const fenceOf = (name: string): string => name.slice(name.indexOf('-') + 1);

function newestOf(folder: string): { number: number; fence: string } | undefined {
  const attempts = namesIn(folder).flatMap((name) => {
    const [, number, fence = ''] = /^([1-9]\d*)-(.+)$/.exec(name) ?? [];
    return number === undefined ? [] : [{ number: Number(number), fence }];
  });
  return attempts.toSorted((a, b) => (a.fence < b.fence ? -1 : 1)).at(-1);
}
