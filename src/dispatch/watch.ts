import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { detachedText, notice } from '../presentation/notice.ts';
import type { Dispatched } from './dispatched.ts';
import { followRun } from './follow-run.ts';
import { waitingFor } from './nested.ts';
import type { Services } from './services.ts';
import { createViewer } from './viewer.ts';
import type { Watched } from './watched.ts';

/** Shows a run until it has ended, or until Ctrl-C says that nobody wants to see it. */
export async function watch(services: Services, watched: Watched): Promise<Result<Dispatched, readonly Failure[]>> {
  const { id } = watched;
  const enough = new AbortController();
  const stopListening = services.terminal.onInterrupt(() => {
    enough.abort();
  });
  const viewer = await createViewer(services, watched);
  try {
    const follow = () => followRun(services, id, { ...viewer, signal: enough.signal });
    const followed = await waitingFor(services, { child: id }, follow);
    await viewer.end();
    if (!followed.ok) return followed;
    if (followed.value.finished) return await finished(services, id);
    services.terminal.note(notice(detachedText(id)));
    return ok({ kind: 'detached', workflow_id: id });
  } finally {
    stopListening();
  }
}

async function finished(services: Services, id: string): Promise<Result<Dispatched, readonly Failure[]>> {
  const run = await (await services.reads()).run(id);
  return run.ok ? ok({ kind: 'finished', run: run.value }) : err([run.error]);
}
