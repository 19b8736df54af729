import { failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { callFailure } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import type { Door } from './exchange.ts';
import { find, greet } from './find.ts';
import type { Found } from './find.ts';
import type { StartOptions } from './start.ts';
import type { Target } from './target.ts';

/** How this command gets to an orchestrator. */
export interface Reach {
  readonly kind: 'local' | 'remote';
  /** One that runs; `undefined` where none does. */
  attach(): Promise<Result<Found | undefined, CallFailure>>;
  /** One that takes work: started if need be and allowed. */
  ensure(): Promise<Result<Found, CallFailure>>;
}

export interface ReachOptions extends StartOptions {
  readonly autoStart: boolean;
}

export function reachOf(target: Target, options: ReachOptions): Reach {
  return target.kind === 'remote' ? remote(target.door, options) : local(options);
}

function local(options: ReachOptions): Reach {
  const attach = (): Promise<Result<Found | undefined, CallFailure>> => find(options.files, options.timeoutMs);
  return {
    kind: 'local',
    attach,
    async ensure() {
      const found = await attach();
      if (!found.ok) return found;
      if (found.value?.health.phase === 'ready') return ok(found.value);
      if (!options.autoStart) return err(notStarted());
      const { ensureStarted } = await import('./start.ts');
      return ensureStarted(options);
    },
  };
}

/** Somebody else's: it is used as it is, never started. */
function remote(door: Door, { timeoutMs }: ReachOptions): Reach {
  const ensure = (): Promise<Result<Found, CallFailure>> => greet(door, null, timeoutMs);
  return { kind: 'remote', attach: ensure, ensure };
}

const notStarted = (): CallFailure =>
  callFailure(
    'absent',
    failure('unavailable', 'no orchestrator is running, and orchestrator.auto_start is false', {
      hint: 'Start one: provisioning orchestrator start',
    }),
  );
