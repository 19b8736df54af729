import type { RunDocument, TaskDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import { followOutput } from './follow-output.ts';
import type { OutputListener, Source } from './follow-output.ts';
import { news } from './news.ts';

export interface AllListener extends Pick<OutputListener, 'signal' | 'part'> {
  readonly onText: (task: TaskDocument, text: string) => void;
  readonly onAttempt: (task: TaskDocument, attempt: number) => void;
  /** It prints nothing more. */
  readonly onEnd: (task: TaskDocument) => void;
}

/** What all tasks of a run print, as they do. Resolves when the run has ended, or when `signal` fires. */
export async function followAll(source: Source, id: string, how: AllListener): Promise<Result<RunDocument, Failure>> {
  const { reads, changes } = source;
  const { signal, part } = how;
  const followed = new Map<string, Promise<void>>();
  const follow = async (task: TaskDocument): Promise<void> => {
    const onText = (text: string): void => {
      how.onText(task, text);
    };
    const onAttempt = (attempt: number): void => {
      how.onAttempt(task, attempt);
    };
    await followOutput(source, task.task_id, { signal, part, onText, onAttempt });
    how.onEnd(task);
  };
  const told = news(signal, (tell) => [changes.record(tell)]);
  try {
    for (;;) {
      const run = await reads.run(id);
      if (!run.ok) return run;
      const begun = run.value.tasks.filter(({ task_id, attempts }) => attempts > 0 && !followed.has(task_id));
      // What has ended is printed task by task, in the order in which it began; only what runs mixes.
      for (const task of begun.toSorted((a, b) => ((a.started_at ?? '') < (b.started_at ?? '') ? -1 : 1))) {
        const following = follow(task);
        followed.set(task.task_id, following);
        if (task.status !== 'running' && task.status !== 'pending') await following;
      }
      if (signal.aborted || isOutcome(run.value.status)) {
        await Promise.all(followed.values());
        return ok(run.value);
      }
      await told.next();
    }
  } finally {
    told.stop();
  }
}
