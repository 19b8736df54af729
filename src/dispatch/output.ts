import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Reads } from '../ports/reads.ts';

/** What of an output is wanted. */
export interface Part {
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  /** So many lines of its end. */
  readonly tail?: number | undefined;
}

export interface Output {
  readonly text: string;
  readonly truncated: boolean;
  /** Where what is printed from now on begins. */
  readonly next: number;
}

/** What is kept of what the task's latest attempt has printed until now. */
export async function readOutput(reads: Reads, taskId: string, part: Part = {}): Promise<Result<Output, Failure>> {
  if (part.tail === undefined) return readFrom(reads, taskId, { at: 0, since: part.since });
  for (let window = WINDOW_BYTES; ; window *= 8) {
    const begin = await reads.output(taskId, 0, part.since);
    if (!begin.ok) return begin;
    const at = Math.max(0, begin.value.total - window);
    const read = await readFrom(reads, taskId, { at, since: part.since });
    if (!read.ok) return read;
    // The first line of a window may be the end of one.
    if (at > 0 && read.value.text.split('\n').length <= part.tail + 1) continue;
    return ok({ ...read.value, text: lastLines(read.value.text, part.tail) });
  }
}

/** Most tails are short, and an output may be 50 MB. */
const WINDOW_BYTES = 64 * 1024;

async function readFrom(
  reads: Reads,
  taskId: string,
  { at, since }: { at: number; since: number | undefined },
): Promise<Result<Output, Failure>> {
  let text = '';
  for (let offset = at; ;) {
    const piece = await reads.output(taskId, offset, since);
    if (!piece.ok) return piece;
    text += piece.value.text;
    const { next, total, truncated } = piece.value;
    if (next >= total || next <= offset) return ok({ text, truncated, next: Math.max(next, offset) });
    offset = next;
  }
}

function lastLines(text: string, count: number): string {
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  let at = end + 1;
  for (let lines = 0; lines < count && at > 0; lines += 1) at = text.lastIndexOf('\n', at - 2) + 1;
  return count === 0 ? '' : text.slice(at);
}
