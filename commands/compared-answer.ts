import type { Dispatched } from '../src/dispatch/dispatched.ts';
import { exitCodeOf } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import { ok } from '../src/domain/result.ts';
import type { Result } from '../src/domain/result.ts';
import { comparisonText, differingIn, foundDifferences } from '../src/presentation/comparison.ts';
import { lines } from './answer.ts';
import type { Outcome } from './answer.ts';
import { dispatchedAnswer } from './run-answer.ts';

/** What a command that only compared has to say: 7 when something differs. */
export function comparedAnswer(dispatched: Result<Dispatched, readonly Failure[]>): Outcome {
  if (!dispatched.ok || dispatched.value.kind !== 'finished' || dispatched.value.run.status !== 'completed')
    return dispatchedAnswer(dispatched);
  const { run } = dispatched.value;
  return ok({
    exit: foundDifferences(run) ? exitCodeOf('differs') : 0,
    json: () => run,
    text: (style) => comparisonText(run, style),
    quiet: () => lines(differingIn(run)),
  });
}
