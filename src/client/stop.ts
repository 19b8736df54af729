import { isNewer } from '../api/version.ts';
import { failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { callFailure } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import type { Found } from './find.ts';
import { judge } from './judge.ts';
import { leave } from './leave.ts';
import type { StopHow } from './leave.ts';
import type { Reach } from './reach.ts';

export type Stopped = Result<{ readonly was_running: boolean }, CallFailure>;

/** Resolves when it has left: another one may start. */
export async function stop(reach: Reach, how: StopHow, version: string): Promise<Stopped> {
  const found = await reach.attach();
  if (!found.ok) return found;
  if (found.value === undefined) return ok({ was_running: false });
  if (found.value.descriptor === null) return err(foreign('stopped'));
  const verdict = judge(found.value, version, false);
  // A newer one that we cannot talk with is its own program's to stop.
  if (verdict.kind === 'refuse' && !isNewer(version, found.value.health.version))
    return err(callFailure('answered', verdict.failure));
  const answer = await leave(found.value.door, how, null);
  if (answer.ok || answer.error.reason === 'absent') return ok({ was_running: true });
  // One that is killed meanwhile has stopped too.
  const after = answer.error.reason === 'broken' ? await reach.attach() : undefined;
  return after?.ok === true && after.value === undefined ? ok({ was_running: true }) : answer;
}

const foreign = (what: string): CallFailure =>
  callFailure(
    'answered',
    failure('conflict', `an orchestrator on another machine, or of another user, is not ${what} from here`, {
      hint: 'Do it where it runs.',
    }),
  );

/** Why this program must not put one of its own in the place of that one, if so. */
export function irreplaceable({ health, descriptor }: Found, version: string): CallFailure | undefined {
  if (descriptor === null) return foreign('restarted');
  if (isNewer(health.version, version)) {
    const message = `the orchestrator has version ${health.version}; this program, ${version}, does not put an older one in its place`;
    return callFailure('answered', failure('try_later', message, { hint: 'Use the newer program.' }));
  }
  if (health.foreground !== true) return undefined;
  const message = 'the orchestrator was started by hand (orchestrator run) or by a service';
  const hint = 'Restart it there: systemctl --user restart provisioning, or Ctrl-C and orchestrator run.';
  return callFailure('answered', failure('conflict', message, { hint }));
}
