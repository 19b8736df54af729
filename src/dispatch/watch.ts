import type { EventDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { detachedText, notice } from '../presentation/notice.ts';
import type { Dispatched } from './dispatched.ts';
import { followRun } from './follow-run.ts';
import { waitingFor } from './nested.ts';
import type { Services } from './services.ts';
import { steerRun } from './steer.ts';
import { finished, throughRollback } from './through-rollback.ts';
import { createViewer } from './viewer.ts';
import type { Watched } from './watched.ts';

/**
 * Shows a run until it has ended, and then what takes it back, where something does; or until Ctrl-C says that nobody
 * wants to see it.
 */
export async function watch(services: Services, watched: Watched): Promise<Result<Dispatched, readonly Failure[]>> {
  return throughRollback(services, watched, (id) =>
    show(services, id === watched.id ? watched : { ...watched, id, after: 0 }),
  );
}

async function show(services: Services, watched: Watched): Promise<Result<Dispatched, readonly Failure[]>> {
  const { id } = watched;
  const enough = new AbortController();
  const stopListening = services.terminal.onInterrupt(() => {
    enough.abort();
  });
  const viewer = await createViewer(services, watched);
  try {
    const handOver = handingOver(services, watched);
    const onEvent = (event: EventDocument): void => {
      viewer.onEvent(event);
      handOver(event);
    };
    const follow = () => followRun(services, id, { ...viewer, onEvent, signal: enough.signal });
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

/** A successor of the orchestrator has no credentials. Who waits has them still, so that nobody has to come and help. */
function handingOver(services: Services, { id, handed }: Watched): (event: EventDocument) => void {
  return ({ type, data }) => {
    const wants = type === 'run.paused' && Array.isArray(data['wants']) ? data['wants'].map(String) : [];
    if (handed === undefined || wants.length === 0 || wants.some((name) => handed[name] === undefined)) return;
    // Whether it is taken, the next events say.
    void steerRun(services, id, { verb: 'resume', body: { credentials: { ...handed } } }, true);
  };
}
