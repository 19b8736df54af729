import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Submission } from '../domain/submission.ts';
import { planRollback } from '../workflow/rollback.ts';
import type { RollbackPlan } from '../workflow/rollback.ts';
import { createView, operationOf } from '../workflow/view.ts';
import type { RunView } from '../workflow/view.ts';
import type { Rollback, RollbackWish } from './engine.ts';
import type { Owned } from './owned.ts';
import { noRun } from './steer.ts';
import type { Parts } from './steer.ts';
import { submit } from './submit.ts';

/**
 * A rollback is a run of its own: it queues, retries, is watched and goes on after a crash as every other one does. Its
 * key is made of the run that it takes back, so asking twice gives one rollback.
 */
export function rollbackRun(parts: Parts, id: string, wish: RollbackWish): Result<Rollback, Failure> {
  const stored = parts.world.store.load(id);
  if (stored === undefined) return err(noRun(id));
  const { submission, state } = stored;
  const tasks = stored.tasks.map((task) => task.state);
  const view = createView({ id, workflow: submission.workflow, state, tasks });
  const planned = planRollback(view);
  if (!planned.ok) return planned;
  const plan = planned.value;
  if (stored.rollback !== null) return ok({ plan, id: stored.rollback });
  if (wish.planOnly || plan.workflow.operations.length === 0) return ok({ plan, id: null });
  if (plan.irreversible.length > 0 && !wish.consent) return err(wantsConsent(id, plan));
  const submitted = takeBack(parts, { view, submission }, plan);
  return submitted.ok ? ok({ plan, id: submitted.value }) : submitted;
}

/**
 * `on_failure = "rollback"`: what can be taken back is, without being asked. Called before the end of the run is durable:
 * after a crash in between, the run ends again, and the key finds the same rollback.
 */
export function rollbackIfWanted(parts: Parts, run: Owned): void {
  const { view, submission } = run;
  const wanted = [...view.tasks.entries()].some(
    ([task, { status }]) => status === 'failed' && operationOf(view, task).on_failure === 'rollback',
  );
  if (view.state.status !== 'failed' || !wanted) return;
  const planned = planRollback(view);
  if (!planned.ok || planned.value.workflow.operations.length === 0) return;
  const submitted = takeBack(parts, { view, submission }, { ...planned.value, automatic: true });
  if (submitted.ok) run.rollback = submitted.value;
}

function takeBack(
  parts: Parts,
  { view, submission }: { view: RunView; submission: Submission },
  { workflow, automatic }: RollbackPlan & { readonly automatic?: true },
): Result<string, Failure> {
  const { workspace, mode, environment, settings } = submission;
  // The task that waits for a run waits for what takes it back, too: it is its child as well.
  const parent = automatic === true ? submission.parent : undefined;
  const of = { rollback_of: view.id, ...(automatic === undefined ? {} : { automatic }), parent };
  const undoing = { workflow, workspace, mode, environment, settings, fallback: null, ...of };
  const submitted = submit(parts, { ...undoing, key: `rollback:${view.id}` });
  if (!submitted.ok) return submitted;
  parts.world.captured.share(view.id, submitted.value.id);
  return ok(submitted.value.id);
}

const wantsConsent = (id: string, { irreversible }: RollbackPlan): Failure =>
  failure('conflict', `${irreversible.join(', ')} of run ${id} cannot be taken back`, {
    hint: 'To take back the rest all the same, add --yes.',
  });
