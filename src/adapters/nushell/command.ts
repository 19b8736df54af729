import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { OperationModule, TaskCommand } from '../../ports/library.ts';

export interface CommandOptions {
  readonly nu: () => Promise<Result<string, Failure>>;
  readonly shipped: string;
  readonly workspaceLibrary?: string | undefined;
  readonly envVars: Readonly<Record<string, string>>;
}

/** Nushell's `-I` takes several folders with this between them (record separator). */
const BETWEEN_FOLDERS = '\u001e';

/**
 * Nushell looks for a module in the current folder, then in `$env.NU_LIB_DIRS`, and only then in the folders of `-I`.
 * So it starts in the shipped library, whatever lies in the workspace's root, and both lists say the same.
 */
export async function buildCommand(
  { nu, shipped: library, workspaceLibrary, envVars }: CommandOptions,
  module: OperationModule,
): Promise<Result<TaskCommand, Failure>> {
  const found = await nu();
  if (!found.ok) return found;
  const binary = found.value;
  const wrong = (await unusable(binary)) ?? (await incomplete(library));
  if (wrong !== undefined) return err(wrong);
  const { service } = module;
  const services = service === undefined ? [] : [dirname(service.folder)];
  const folders = [library, ...services, ...(workspaceLibrary === undefined ? [] : [workspaceLibrary])];
  const more = (envVars['NU_LIB_DIRS'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return ok({
    argv: [binary, '-n', '--no-std-lib', '-I', folders.join(BETWEEN_FOLDERS), '-c', programOf(module)],
    env: {
      ...envVars,
      ...(service === undefined ? {} : { PROVISIONING_TASKSERV: service.folder }),
      NU_LIB_DIRS: [...new Set([...folders, ...more])].join(delimiter),
    },
    cwd: library,
  });
}

/** Holds nothing but names that `names.ts` has checked. */
function programOf({ module, function: name, argument, role, service }: OperationModule): string {
  const run = role === 'probe' ? 'run-probe' : 'run-task';
  const uses = `use ${module} ${name}; use lib/task.nu ${run};`;
  if (service === undefined) {
    const given = argument === 'request' ? '$request' : '$request.params.args';
    return `${uses} ${run} "${module}" {|request| ${name} ${given} }`;
  }
  const functions = service.functions.map(
    (known) => `${known}: {|context host| taskserv ${known} $context ${hostOf(known)} }`,
  );
  const given = `($request | insert service { ${functions.join(', ')} })`;
  return `${uses} use ${service.name}/taskserv.nu; ${run} "${module}" {|request| ${name} ${given} }`;
}

/** These two are about all hosts together. */
const hostOf = (known: string): string => (known === 'check' || known === 'exchange' ? '' : '$host');

async function unusable(binary: string): Promise<Failure | undefined> {
  // A bare name is looked up in PATH by whoever starts it.
  if (!/[/\\]/.test(binary) || (await may(binary, constants.X_OK))) return undefined;
  return failure('config_invalid', `${binary} cannot be executed`, {
    hint: 'Set nushell.binary to a nu binary on a file system that allows execution (not mounted noexec).',
  });
}

async function incomplete(library: string): Promise<Failure | undefined> {
  if (await may(join(library, 'lib', 'task.nu'), constants.R_OK)) return undefined;
  return failure('config_invalid', `${library} is no library of this version: it has no lib/task.nu`, {
    hint: 'Leave nushell.provisioning_lib out to use the embedded library; own operations go into the workspace, in nulib/.',
  });
}

const may = (file: string, mode: number): Promise<boolean> =>
  access(file, mode).then(
    () => true,
    () => false,
  );
