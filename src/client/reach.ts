import { pendingRestart } from '../api/effective.ts';
import type { Effective } from '../api/effective.ts';
import { paths } from '../api/paths.ts';
import type { Health } from '../api/responses.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { callFailure } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import { call } from './exchange.ts';
import type { Door } from './exchange.ts';
import { find, greet } from './find.ts';
import type { Found } from './find.ts';
import { judge } from './judge.ts';
import type { StartOptions } from './start.ts';
import type { Target } from './target.ts';

/** How this command gets to an orchestrator. */
export interface Reach {
  readonly kind: 'local' | 'remote';
  /** One that runs, even if it does not understand us; `undefined` where none does. */
  attach(): Promise<Result<Found | undefined, CallFailure>>;
  /** One that takes work from us: started, or put in the place of an older one, if need be and allowed. */
  ensure(): Promise<Result<Found, CallFailure>>;
  /** One that runs and understands us; `absent` where none does. */
  running(): Promise<Result<Found, CallFailure>>;
}

export interface ReachOptions extends StartOptions {
  readonly autoStart: boolean;
  /** With which an orchestrator would start now. */
  readonly settings: Effective;
  /** Why an orchestrator of somebody else's cannot be used, whatever it speaks. `where`: its host and port. */
  readonly fits?: ((health: Health, where: string) => Promise<Failure | undefined>) | undefined;
}

export function reachOf(target: Target, options: ReachOptions): Reach {
  return target.kind === 'remote' ? remote(target.door, options) : local(options);
}

function local(options: ReachOptions): Reach {
  const attach = (): Promise<Result<Found | undefined, CallFailure>> => find(options.files, options.timeoutMs);
  return {
    kind: 'local',
    async attach() {
      const found = await attach();
      return found.ok && found.value !== undefined ? ok(await refreshed(found.value, options)) : found;
    },
    async ensure() {
      const found = await attach();
      if (!found.ok) return found;
      if (found.value !== undefined && found.value.health.phase !== 'draining') {
        const verdict = judge(found.value, options.version, options.autoStart);
        if (verdict.kind === 'refuse') return err(callFailure('answered', verdict.failure));
        if (verdict.kind === 'use') return ok(await refreshed(found.value, options));
      }
      if (!options.autoStart) return err(notStarted());
      const { ensureStarted } = await import('./start.ts');
      return ensureStarted(options);
    },
    running: async () => understood(await attach(), options),
  };
}

/** Has it read its documents again if they seem to say something new: whoever changes them expects that they hold. */
async function refreshed(found: Found, { settings, timeoutMs }: ReachOptions): Promise<Found> {
  const { door, health, descriptor } = found;
  if (health.phase === 'draining' || pendingRestart(settings, health.settings).length === 0) return found;
  // If it cannot read them it says so, in the answer to the next question.
  await call(door, { method: 'POST', path: paths.reload, timeoutMs });
  const again = await greet(door, descriptor, timeoutMs);
  return again.ok ? again.value : found;
}

/** Somebody else's: it is used as it is, never started or ended. */
function remote(door: Door, options: ReachOptions): Reach {
  const attach = (): Promise<Result<Found, CallFailure>> => greet(door, null, options.timeoutMs);
  const running = async (): Promise<Result<Found, CallFailure>> => {
    const found = understood(await attach(), options);
    const refused = found.ok ? await options.fits?.(found.value.health, door.name) : undefined;
    return refused === undefined ? found : err(callFailure('answered', refused));
  };
  return { kind: 'remote', attach, ensure: running, running };
}

function understood(
  found: Result<Found | undefined, CallFailure>,
  { version }: ReachOptions,
): Result<Found, CallFailure> {
  if (!found.ok) return found;
  if (found.value === undefined)
    return err(callFailure('absent', failure('unavailable', 'no orchestrator is running')));
  const verdict = judge(found.value, version, false);
  return verdict.kind === 'refuse' ? err(callFailure('answered', verdict.failure)) : ok(found.value);
}

const notStarted = (): CallFailure =>
  callFailure(
    'absent',
    failure('unavailable', 'no orchestrator is running, and orchestrator.auto_start is false', {
      hint: 'Start one: provisioning orchestrator start',
    }),
  );
