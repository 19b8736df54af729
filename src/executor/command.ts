import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { JsonRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Library, OperationModule, TaskCommand } from '../ports/library.ts';
import { prepareOnHosts } from './hosts/prepare.ts';
import type { OnHosts } from './hosts/prepare.ts';
import { nameOf } from './request.ts';
import type { Attempt } from './request.ts';

export interface Prepared extends TaskCommand {
  readonly wantsResult: boolean;
}

/** What to start for an operation: a command as it stands, here or on servers, or a function of the Nushell library. */
export async function prepare(
  attempt: Attempt,
  libraryOf: () => Library,
  surroundings: OnHosts,
): Promise<Result<Prepared, Failure>> {
  const { type, params } = attempt.operation;
  if (type === 'command.run' && params['servers'] === undefined)
    return commandRun(params, attempt.submission.workspace);
  const library = libraryOf();
  if (type === 'command.run') {
    const command = await prepareOnHosts(attempt, library, surroundings);
    return command.ok ? ok({ ...command.value, wantsResult: false }) : command;
  }
  const found =
    type === 'nushell.run'
      ? await library.named(text(params['module']), text(params['function']))
      : await library.find(type);
  if (!found.ok) return found;
  const service = type.startsWith('taskserv.') ? await library.service(nameOf(attempt.operation)) : ok(undefined);
  if (!service.ok) return service;
  return prepareModule({ ...found.value, service: service.value }, library, attempt);
}

export async function prepareModule(
  module: OperationModule,
  library: Library,
  attempt: Attempt,
): Promise<Result<Prepared, Failure>> {
  const command = await library.command(module);
  if (!command.ok) return command;
  const env = { ...attempt.submission.settings.env_vars, ...command.value.env };
  return ok({ ...command.value, env, wantsResult: true });
}

export const prepareProgram = (argv: readonly string[], attempt: Attempt): Prepared => ({
  argv,
  env: {},
  cwd: attempt.submission.workspace,
  wantsResult: false,
});

function commandRun(params: JsonRecord, workspace: string): Result<Prepared, Failure> {
  const { argv, env, cwd } = params;
  if (!Array.isArray(argv) || argv.length === 0)
    return err(failure('definition_invalid', 'command.run needs params.argv: a list that begins with the program'));
  return ok({
    argv: argv.map(String),
    env: strings(env),
    cwd: typeof cwd === 'string' ? absolute(cwd, workspace) : workspace,
    wantsResult: false,
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const absolute = (path: string, base: string): string => (path.startsWith('/') ? path : `${base}/${path}`);

function strings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
