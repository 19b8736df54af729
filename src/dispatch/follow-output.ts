import { setTimeout as pause } from 'node:timers/promises';
import type { TaskDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { Reads } from '../ports/reads.ts';

export interface OutputListener {
  readonly onText: (text: string) => void;
  /** A further attempt has begun, with output of its own. Counts from 2. */
  readonly onAttempt: (attempt: number) => void;
  /** Nobody listens any more. */
  readonly signal: AbortSignal;
}

/** A file tells nobody that it grows; who watches is a person. */
const LOOK_AGAIN_MS = 200;

/**
 * What the task prints, as it does, over all attempts from the present one on. Resolves with how the task stands, once
 * it has ended or will never begin, or when `signal` fires.
 */
export async function followOutput(
  reads: Reads,
  taskId: string,
  { onText, onAttempt, signal }: OutputListener,
): Promise<Result<TaskDocument, Failure>> {
  let attempt = 0;
  let at = 0;
  for (;;) {
    const found = await reads.task(taskId);
    if (!found.ok) return found;
    const { task } = found.value;
    if (attempt !== 0 && task.attempts > attempt) onAttempt(task.attempts);
    if (task.attempts !== attempt) at = 0;
    attempt = task.attempts;
    const read = await readFrom(reads, { taskId, at, onText });
    if (!read.ok) return read;
    at = read.value;
    if (signal.aborted || (await hasEnded(reads, found.value))) return ok(task);
    await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** All that there is by now; returns where it ends. */
async function readFrom(
  reads: Reads,
  { taskId, at, onText }: { taskId: string; at: number; onText: OutputListener['onText'] },
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
