import { exitCodeOf, failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { BUILD } from './version.ts';

/** `orchestrator run`: the same orchestrator, in this very process and terminal. */
export async function runOrchestrator(): Promise<Result<number, readonly Failure[]>> {
  const { startDaemon } = await import('../daemon/compose.ts');
  const say = (): void => undefined;
  const reason = await startDaemon({ dataDir: undefined, foreground: true, build: BUILD, say });
  if (reason.kind === 'failed') return err([reason.failure]);
  if (reason.kind === 'already_running') return err([ALREADY_RUNNING]);
  return ok(reason.kind === 'broken' ? exitCodeOf('internal') : 0);
}

const ALREADY_RUNNING = failure('conflict', 'another orchestrator runs already', {
  hint: 'See: provisioning orchestrator status. End it: provisioning orchestrator stop.',
});
