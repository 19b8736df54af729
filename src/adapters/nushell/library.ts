import { join } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { didYouMean } from '../../domain/suggest.ts';
import type { Library, OperationModule } from '../../ports/library.ts';
import { buildCommand } from './command.ts';
import { badType, isModulePath, isName, quoted, splitType } from './names.ts';
import { candidates, declarations, foldersOf, mayDefine, scan, typesIn } from './scan.ts';
import type { Scan } from './scan.ts';
import { findService, parametersIn } from './services.ts';
import type { ServiceFolders } from './services.ts';

export interface LibraryOptions {
  /** Path of the `nu` binary; asked only by `command`, because the embedded one may have to be unpacked first. */
  readonly nu: () => Promise<Result<string, Failure>>;
  /** Folder of the shipped library. */
  readonly shipped: string;
  /** `<workspace>/nulib`, where there is one. */
  readonly workspaceLibrary?: string | undefined;
  /** Where taskservs are; without it, only those that the library itself carries out are known. */
  readonly services?: ServiceFolders | undefined;
  /** The setting `nushell.env_vars`. */
  readonly envVars: Readonly<Record<string, string>>;
}

/** Reads the folders at each call: a workspace's files may change while a daemon lives. */
export function createLibrary(options: LibraryOptions): Library {
  return {
    find: (type) => find(options, type),
    named: (module, functionName) => named(options, module, functionName),
    service: (name) =>
      options.services === undefined ? Promise.resolve(ok(undefined)) : findService(options.services, name),
    parameters: async () => (options.services === undefined ? new Map() : parametersIn(options.services)),
    types: async () => allTypes(await scanBoth(options)),
    command: (module) => buildCommand(options, module),
  };
}

interface Both {
  readonly shipped: Scan;
  readonly workspace: Scan | undefined;
}

async function find(options: LibraryOptions, type: string): Promise<Result<OperationModule, Failure>> {
  const parts = splitType(type);
  if (parts === undefined) return err(badType(type));
  const both = await scanBoth(options);
  const wrong = shadowing(both, parts) ?? (await twoFolders(both, parts.noun));
  if (wrong !== undefined) return err(wrong);
  const [place] = placesOf(both, parts);
  if (place === undefined) return err(await unknownType(both, type));
  return verified({ ...place, function: `${parts.verb}-${parts.noun}`, argument: 'request' });
}

async function named(
  options: LibraryOptions,
  module: string,
  functionName: string,
): Promise<Result<OperationModule, Failure>> {
  if (!isModulePath(module)) return err(badModule(module));
  if (!isName(functionName)) return err(badFunction(functionName));
  const both = await scanBoth(options);
  if (both.workspace === undefined) return err(noWorkspaceLibrary(module));
  const wrong = shadowing(both);
  if (wrong !== undefined) return err(wrong);
  if (!both.workspace.files.includes(module)) return err(noSuchModule(both.workspace, module));
  const file = join(both.workspace.root, module);
  return verified({ module, file, origin: 'workspace', function: functionName, argument: 'args' });
}

async function scanBoth({ shipped, workspaceLibrary }: LibraryOptions): Promise<Both> {
  return {
    shipped: await scan(shipped),
    workspace: workspaceLibrary === undefined ? undefined : await scan(workspaceLibrary),
  };
}

async function allTypes({ shipped, workspace }: Both): Promise<readonly string[]> {
  const types = [...(await typesIn(shipped)), ...(workspace === undefined ? [] : await typesIn(workspace))];
  return [...new Set(types)].toSorted();
}

type Place = Pick<OperationModule, 'module' | 'file' | 'origin'>;

/** Shipped ones first. */
function placesOf({ shipped, workspace }: Both, { noun, verb }: { noun: string; verb: string }): readonly Place[] {
  const of = (found: Scan | undefined, origin: Place['origin']): readonly Place[] =>
    found === undefined
      ? []
      : candidates(found, noun, verb).map((module) => ({ module, file: join(found.root, module), origin }));
  return [...of(shipped, 'shipped'), ...of(workspace, 'workspace')];
}

/** A workspace's file where the shipped library has one of that path, or (under the other spelling) of that type. */
function shadowing(both: Both, type?: { noun: string; verb: string }): Failure | undefined {
  const { shipped, workspace } = both;
  const [samePath] = workspace?.files.filter((path) => shipped.files.includes(path)) ?? [];
  if (workspace !== undefined && samePath !== undefined) return shadows(join(workspace.root, samePath), samePath);
  const places = type === undefined ? [] : placesOf(both, type);
  const [first, hidden] = [places.find(({ origin }) => origin === 'shipped'), places.at(-1)];
  return first !== undefined && hidden?.origin === 'workspace' ? shadows(hidden.file, first.module) : undefined;
}

async function twoFolders({ shipped, workspace }: Both, noun: string): Promise<Failure | undefined> {
  for (const found of workspace === undefined ? [shipped] : [shipped, workspace]) {
    const [plural, singular] = await foldersOf(found, noun);
    if (plural !== undefined && singular !== undefined)
      return failure('definition_invalid', `operations of ${noun} are in two folders, ${plural}/ and ${singular}/`, {
        place: { file: found.root },
        hint: `Move the files of ${singular}/ into ${plural}/.`,
      });
  }
  return undefined;
}

async function verified(
  module: Omit<OperationModule, 'role' | 'idempotent' | 'probe'>,
): Promise<Result<OperationModule, Failure>> {
  if (await mayDefine(module.file, module.function))
    return ok({ ...module, role: 'operation', ...(await declarations(module.file, module.function)) });
  return err(
    failure('definition_invalid', `${module.module} has no function ${module.function}`, {
      place: { file: module.file },
      hint: `Define it there: export def ${module.function} [request: record] { … }`,
    }),
  );
}

async function unknownType(both: Both, type: string): Promise<Failure> {
  const types = await allTypes(both);
  return failure('not_found', `there is no operation ${quoted(type)}`, {
    hint: didYouMean(type, types) ?? `Known operations: ${types.join(', ')}.`,
  });
}

const shadows = (file: string, shippedPath: string): Failure =>
  failure('definition_invalid', `a module of the workspace would hide ${shippedPath} of the shipped library`, {
    place: { file },
    hint: 'Give it another name: shipped operations and parts cannot be replaced.',
  });

const badModule = (module: string): Failure =>
  failure('definition_invalid', `${quoted(module)} is not the path of a module`, {
    hint: 'It is relative to nulib/, without "..", in lower case, and ends in .nu: dns/update.nu.',
  });

const badFunction = (name: string): Failure =>
  failure('definition_invalid', `${quoted(name)} is not the name of a function`, {
    hint: 'Lower-case letters, digits and dashes, such as update-dns.',
  });

const noWorkspaceLibrary = (module: string): Failure =>
  failure('not_found', `there is no ${module}: this workspace has no nulib/ folder`, {
    hint: `Create nulib/${module} in the workspace.`,
  });

const noSuchModule = ({ root, files }: Scan, module: string): Failure =>
  failure('not_found', `there is no ${module} in the workspace's nulib/`, {
    place: { file: root },
    hint: didYouMean(module, files) ?? (files.length === 0 ? `Create nulib/${module}.` : `It has ${files.join(', ')}.`),
  });
