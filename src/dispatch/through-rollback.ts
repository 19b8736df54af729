import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { notice, undoingText } from '../presentation/notice.ts';
import { undoingOf } from './dispatched.ts';
import type { Dispatched } from './dispatched.ts';
import type { Services } from './services.ts';
import type { Watched } from './watched.ts';

type Outcome = Promise<Result<Dispatched, readonly Failure[]>>;

/** Shows a run, and then what takes it back, where something does. What comes of it is told of the run itself. */
export async function throughRollback(
  services: Services,
  { id, silent }: Pick<Watched, 'id' | 'silent'>,
  show: (id: string) => Outcome,
): Outcome {
  const shown = await show(id);
  const undoing = shown.ok && shown.value.kind === 'finished' ? undoingOf(shown.value.run) : undefined;
  if (undoing === undefined) return shown;
  if (!silent) services.terminal.note(notice(undoingText(undoing)));
  const taken = await show(undoing);
  return taken.ok && taken.value.kind === 'finished' ? finished(services, id) : taken;
}

/** What became of a run that has ended. */
export async function finished(services: Services, id: string): Outcome {
  const run = await (await services.reads()).run(id);
  return run.ok ? ok({ kind: 'finished', run: run.value }) : err([run.error]);
}
