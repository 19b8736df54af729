import { DAEMON_ROLE } from './api/readiness.ts';
import { UNPACK_ROLE, unpack } from './compose/unpack.ts';

/**
 * What this process is to be: an orchestrator or an unpacker, when one of us started it as such, or the command line.
 * The exit code is set and the process left to end by itself, so that everything that was printed arrives.
 */
async function main(given: readonly string[]): Promise<void> {
  process.exitCode = await outcomeOf(given);
  cutOff(given[0] !== DAEMON_ROLE);
}

async function outcomeOf(given: readonly string[]): Promise<number> {
  const [role, place] = given;
  if (role === DAEMON_ROLE) return orchestrator(place);
  if (role === UNPACK_ROLE && place !== undefined) return unpack(place);
  const { cli } = await import('./cli/cli.ts');
  return cli(given);
}

async function orchestrator(dataDir: string | undefined): Promise<number> {
  const [{ runDetached }, { BUILD }, { exitCodeOf }] = await Promise.all([
    import('./daemon/compose.ts'),
    import('./cli/version.ts'),
    import('./domain/failure.ts'),
  ]);
  const reason = await runDetached({ dataDir, build: BUILD });
  return reason.kind === 'failed' ? exitCodeOf(reason.failure.code) : 0;
}

/**
 * What still holds the process open, other than output on its way, has no say. `atOnce`: or has to be taken down, which
 * takes V8 a millisecond or two; an orchestrator may still be sending answers.
 */
function cutOff(atOnce: boolean): void {
  const look = (): void => {
    if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
  };
  // Not before errors of what was written have been told, and had their say in the exit code.
  if (atOnce) setImmediate(look);
  setInterval(look, 200).unref();
}

// No top-level await: the single executable's script is CommonJS.
void main(process.argv.slice(2));
