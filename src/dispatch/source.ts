import { existsSync } from 'node:fs';
import type { RunDocument } from '../api/documents.ts';
import type { RetryBody } from '../api/requests.ts';
import { findInfraFile } from '../config/infra-file.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { notice, storedText } from '../presentation/notice.ts';
import { readWorkflow } from './define.ts';
import type { Services } from './services.ts';

/**
 * The definition of a run as its file has it now, for the orchestrator to compare, with the pools of its workspace. Empty
 * where the run was not read from a file, or the file is gone: then the definition that is stored with the run holds.
 * `elsewhere`: the services of another workspace. The run's decides what its file means, wherever one stands.
 */
export async function readSourceAgain(
  services: Services,
  given: string,
  elsewhere: (workspace: string) => Promise<Result<Services, readonly Failure[]>>,
): Promise<Result<Pick<RetryBody, 'workflow' | 'pools'>, readonly Failure[]>> {
  const run = await (await services.reads()).run(given);
  if (!run.ok) return err([run.error]);
  const { source, workspace } = run.value;
  if (source === undefined) {
    const again = commandAgain(run.value);
    if (again !== undefined) services.terminal.note(notice(storedText(run.value.infra, again)));
    return ok({});
  }
  if (!existsSync(source.file)) {
    services.terminal.note(notice(`${source.file} is gone; the run goes on with the definition stored with it.`));
    return ok({});
  }
  const there = workspace === services.configuration.workspace.root ? ok(services) : await elsewhere(workspace);
  if (!there.ok) return there;
  const read = await readWorkflow(there.value, source.file, source);
  return read.ok ? ok({ workflow: { ...read.value }, pools: { ...there.value.configuration.settings.pools } }) : read;
}

/** The command that made the run, where it was read from an infra file; for what is not done yet. */
function commandAgain({ name, infra, workspace, tasks }: RunDocument): string | undefined {
  const file = findInfraFile(workspace, infra);
  const open = tasks.filter(({ type, status }) => type === name && status !== 'completed');
  if (!name.endsWith('.create') || open.length === 0 || !file.ok || file.value === undefined) return undefined;
  return [...name.split('.'), ...open.map(({ id }) => id), '--infra', infra].join(' ');
}
