import type { TaskDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { Changes } from '../ports/changes.ts';
import type { Reads } from '../ports/reads.ts';
import { news } from './news.ts';
import { readOutput } from './output.ts';
import type { Part } from './output.ts';

export interface OutputListener {
  readonly onText: (text: string) => void;
  /** A further attempt has begun, with output of its own. Counts from 2. */
  readonly onAttempt: (attempt: number) => void;
  /** Nobody listens any more. */
  readonly signal: AbortSignal;
  /** What of the present attempt is wanted; of later ones it is all. */
  readonly part?: Part | undefined;
}

export interface Source {
  readonly reads: Reads;
  readonly changes: Changes;
}

/**
 * What the task prints, as it does, over all attempts from the present one on. Resolves with how the task stands, once
 * it has ended or will never begin, or when `signal` fires.
 */
export async function followOutput(
  { reads, changes }: Source,
  taskId: string,
  { onText, onAttempt, signal, part = {} }: OutputListener,
): Promise<Result<TaskDocument, Failure>> {
  const told = news(signal, (tell) => [changes.output(taskId, tell), changes.record(tell)]);
  try {
    let attempt = 0;
    let at: number | undefined;
    for (;;) {
      const found = await reads.task(taskId);
      if (!found.ok) return found;
      const { task } = found.value;
      if (attempt !== 0 && task.attempts > attempt) onAttempt(task.attempts);
      if (attempt !== 0 && task.attempts !== attempt) at = 0;
      attempt = task.attempts;
      if (attempt > 0) {
        const read = await (at === undefined
          ? begin(reads, taskId, { part, onText })
          : readOn(reads, taskId, { at, onText }));
        if (!read.ok) return read;
        at = read.value;
      }
      if (signal.aborted || (await hasEnded(reads, found.value))) return ok(task);
      await told.next();
    }
  } finally {
    told.stop();
  }
}

type Told = Pick<OutputListener, 'onText'>;

async function begin(
  reads: Reads,
  taskId: string,
  { part, onText }: Told & { part: Part },
): Promise<Result<number, Failure>> {
  if (part.since === undefined && part.tail === undefined) return readOn(reads, taskId, { at: 0, onText });
  const output = await readOutput(reads, taskId, part);
  if (!output.ok) return output;
  if (output.value.text !== '') onText(output.value.text);
  return ok(output.value.next);
}

/** All that there is by now; returns where it ends. */
async function readOn(
  reads: Reads,
  taskId: string,
  { at, onText }: Told & { at: number },
): Promise<Result<number, Failure>> {
  for (let offset = at; ;) {
    const piece = await reads.output(taskId, offset);
    if (!piece.ok) return err(piece.error);
    if (piece.value.next <= offset) return ok(offset);
    onText(piece.value.text);
    offset = piece.value.next;
  }
}

async function hasEnded(
  reads: Reads,
  { workflow_id, task }: { workflow_id: string; task: TaskDocument },
): Promise<boolean> {
  if (task.status === 'running') return false;
  if (task.status !== 'pending') return true;
  // It may wait for what will not happen: what depends on an unknown outcome, in a run that has ended.
  const run = await reads.run(workflow_id);
  return !run.ok || isOutcome(run.value.status);
}
