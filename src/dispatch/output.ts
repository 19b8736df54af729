import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Reads } from '../ports/reads.ts';

/** All that is kept of what the task's latest attempt has printed until now. */
export async function readOutput(
  reads: Reads,
  taskId: string,
): Promise<Result<{ readonly text: string; readonly truncated: boolean }, Failure>> {
  let text = '';
  for (let offset = 0; ;) {
    const piece = await reads.output(taskId, offset);
    if (!piece.ok) return piece;
    text += piece.value.text;
    const { next, total, truncated } = piece.value;
    if (next >= total || next <= offset) return ok({ text, truncated });
    offset = next;
  }
}
