import type { EventDocument, RunDocument } from '../api/documents.ts';
import { err, ok } from '../domain/result.ts';
import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { Reads } from '../ports/reads.ts';
import { RECONNECTING, unattendedText } from '../presentation/notice.ts';
import type { FollowOptions } from '../client/follow.ts';
import { news } from './news.ts';
import type { Services } from './services.ts';
import type { Viewer } from './watched.ts';

export interface Following extends Pick<Viewer, 'onEvent' | 'advise' | 'isPerson'> {
  readonly signal: AbortSignal;
}

type Followed = Promise<Result<{ readonly finished: boolean }, readonly Failure[]>>;

/** How often it is looked whether somebody attends to a run. */
const LOOK_MS = 1000;

/**
 * Every event of a run, once and in order, whoever executes it: the orchestrator (which is started for a run that nobody
 * attends to, and after a crash), another command in its foreground, or nobody for now. Resolves when it has ended or
 * `signal` fired; fails when nobody attends to it, none can be started, and no person waits.
 */
export async function followRun(services: Services, id: string, how: Following): Followed {
  const [reads, client] = await Promise.all([services.reads(), services.client()]);
  if (!client.ok) return err([client.error]);
  const { onEvent, advise, signal } = how;
  let seen = 0;
  const take = (event: EventDocument): void => {
    seen = event.seq;
    onEvent(event);
  };
  const record = { reads, services, id, signal };
  for (;;) {
    const run = await reads.run(id);
    if (!run.ok) return err([run.error]);
    if (isOutcome(run.value.status)) return rest(reads, id, { after: seen, onEvent });
    if (isForeground(run.value)) {
      await untilChange({ ...record, take, seen: () => seen }, (now) => !isForeground(now));
    } else {
      const start = services.configuration.settings.orchestrator.enabled;
      const onConnection = (isOpen: boolean): void => {
        advise(isOpen ? undefined : RECONNECTING);
      };
      const followed = await client.value.follow(id, { after: seen, start, onEvent: take, onConnection, signal });
      if (followed.ok) return followed;
      const now = await reads.run(id);
      // What broke again and again does so again: a person is told, too.
      if (!how.isPerson || !now.ok || client.value.kind === 'remote' || followed.error.isFinal === true)
        return err([followed.error, ...followed.error.others]);
      advise(unattendedText(now.value));
      await untilChange({ ...record, take, seen: () => seen }, (later) => later.attended);
      advise(undefined);
    }
    if (signal.aborted) return ok({ finished: false });
  }
}

async function rest(reads: Reads, id: string, how: Pick<FollowOptions, 'after' | 'onEvent'>): Followed {
  const events = await reads.events(id, how.after);
  if (!events.ok) return err([events.error]);
  for (const event of events.value) how.onEvent(event);
  return ok({ finished: true });
}

/** Another command executes it: there is nobody to ask but its record. */
const isForeground = ({ mode, attended, status }: RunDocument): boolean =>
  mode === 'direct' && attended && !isOutcome(status);

interface Record {
  readonly services: Services;
  readonly reads: Reads;
  readonly id: string;
  readonly take: (event: EventDocument) => void;
  readonly seen: () => number;
  readonly signal: AbortSignal;
}

/** Hands over what is recorded until the run has ended, or stands as is waited for, or nobody waits any more. */
async function untilChange({ services, reads, id, take, seen, signal }: Record, isSo: (run: RunDocument) => boolean) {
  const { record } = await services.changes();
  const told = news(signal, (tell) => [record(tell)]);
  try {
    for (let looked = -Infinity; !signal.aborted;) {
      const events = await reads.events(id, seen());
      if (!events.ok) return;
      for (const event of events.value) take(event);
      if (events.value.at(-1)?.type === 'run.finished') return;
      if (performance.now() - looked >= LOOK_MS) {
        looked = performance.now();
        const run = await reads.run(id);
        if (!run.ok || isOutcome(run.value.status) || isSo(run.value)) return;
      }
      await told.next();
    }
  } finally {
    told.stop();
  }
}
