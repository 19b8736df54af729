import { DAEMON_ROLE } from './api/readiness.ts';

/**
 * What this process is to be: an orchestrator, when a command started it as one, or the command line. The exit code is
 * set and the process left to end by itself, so that everything that was printed arrives.
 */
async function main([role = '', ...rest]: readonly string[]): Promise<void> {
  process.exitCode = role === DAEMON_ROLE ? await orchestrator(rest[0]) : await command(process.argv.slice(2));
  cutOff();
}

async function command(given: readonly string[]): Promise<number> {
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

/** What still holds the process open, other than output on its way, has no say. */
function cutOff(): void {
  const look = (): void => {
    if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
  };
  setInterval(look, 200).unref();
}

// No top-level await: the single executable's script is CommonJS.
void main(process.argv.slice(2));
