import { capturedNames } from '../domain/credential.ts';
import { ok } from '../domain/result.ts';
import type { Submission } from '../domain/submission.ts';
import { NEW_TASK } from '../domain/task.ts';
import { canonical } from '../workflow/compare.ts';
import type { Engine, Handed } from './engine.ts';
import { own } from './owned.ts';
import type { Loop } from './loop.ts';
import type { World } from './world.ts';

/** Makes a run durable, then this engine's. */
export function submit(
  { world, loop }: { readonly world: World; readonly loop: Loop },
  submission: Submission,
  handed: Handed = {},
): ReturnType<Engine['submit']> {
  const { operations } = submission.workflow;
  const id = world.ids.next();
  const at = world.clock.now();
  const taskIds = operations.map(() => world.ids.next());
  const bodyHash = world.hash(canonical({ workflow: submission.workflow, workspace: submission.workspace }));
  const { owner } = world;
  const accepted = world.store.accept({ id, owner, bodyHash, submission, taskIds, at });
  if (!accepted.ok) return accepted;
  const { id: given, created, parent } = accepted.value;
  world.failpoint?.('accepted');
  if (capturedNames(submission.workflow) !== undefined) world.captured.put(given, handed);
  if (!created) return ok({ id: given, created });
  const tasks = taskIds.map((taskId) => ({ taskId, state: NEW_TASK }));
  const fresh = { state: { status: 'queued' }, createdAt: at, rollback: null, cancelRequested: null } as const;
  loop.take(own({ id, owner, submission, tasks, ...fresh, parent }));
  loop.post(id, { type: 'start' });
  return ok({ id, created });
}
