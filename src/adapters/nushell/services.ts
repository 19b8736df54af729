import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { didYouMean } from '../../domain/suggest.ts';
import type { ServiceModule, ServiceParameters } from '../../ports/library.ts';
import { isName, quoted } from './names.ts';

/** Folders of taskservs: the shipped one, and `<workspace>/taskservs`. */
export interface ServiceFolders {
  readonly shipped: string;
  readonly workspace: string | undefined;
}

/** What a taskserv's module may define; only `configure` must be there. */
const SERVICE_FUNCTIONS = ['check', 'install', 'exchange', 'configure', 'health', 'remove'] as const;

/** The taskserv of this name; nothing for one that the library itself carries out (it has no manifest). */
export async function findService(
  folders: ServiceFolders,
  name: string,
): Promise<Result<ServiceModule | undefined, Failure>> {
  const [shipped, own] = await Promise.all([serviceNames(folders.shipped), serviceNames(folders.workspace)]);
  if (!isName(name) || !(shipped.includes(name) || own.includes(name)))
    return err(unknownService(name, [...shipped, ...own]));
  if (shipped.includes(name) && own.includes(name)) return err(shadows(name, folders.workspace ?? ''));
  const folder = join(own.includes(name) ? (folders.workspace ?? '') : folders.shipped, name);
  return readService(name, folder);
}

/** What matters here of a manifest; `src/nulib/lib/manifest.nu` refuses one that is otherwise. */
interface Manifest {
  readonly params?: ServiceParameters['properties'];
  readonly required?: readonly string[];
}

/** What the manifests say of parameters. */
export async function parametersIn({
  shipped,
  workspace,
}: ServiceFolders): Promise<ReadonlyMap<string, ServiceParameters>> {
  const { parseToml, plainToml } = await import('../../config/toml.ts');
  const found = new Map<string, ServiceParameters>();
  for (const folder of [workspace, shipped])
    for (const name of await serviceNames(folder)) {
      const text = await readFile(join(folder ?? '', name, 'manifest.toml'), 'utf8').catch(() => undefined);
      const parsed = text === undefined ? undefined : parseToml(text);
      if (parsed?.ok !== true) continue;
      const { params, required } = plainToml(parsed.value) as unknown as Manifest;
      found.set(name, { properties: params, required, additionalProperties: false });
    }
  return found;
}

async function serviceNames(folder: string | undefined): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() && isName(entry.name) ? [entry.name] : [])).toSorted();
}

async function readService(name: string, folder: string): Promise<Result<ServiceModule | undefined, Failure>> {
  const [manifest, module] = await Promise.all([
    readFile(join(folder, 'manifest.toml'), 'utf8').catch(() => undefined),
    readFile(join(folder, 'taskserv.nu'), 'utf8').catch(() => undefined),
  ]);
  if (manifest === undefined && module === undefined) return ok(undefined);
  if (manifest === undefined) return err(incomplete(folder, 'manifest.toml'));
  if (module === undefined) return err(incomplete(folder, 'taskserv.nu'));
  const functions = SERVICE_FUNCTIONS.filter((known) => new RegExp(`^export def "?${known}"?[ \\t]`, 'm').test(module));
  if (functions.includes('configure')) return ok({ name, folder, functions });
  return err(
    failure('definition_invalid', `taskserv ${name} has no function configure`, {
      place: { file: join(folder, 'taskserv.nu') },
      hint: 'Define it there: export def configure [context: record, host: record] { [ … ] }',
    }),
  );
}

const incomplete = (folder: string, file: string): Failure =>
  failure('definition_invalid', `a taskserv without ${file}`, {
    place: { file: folder },
    hint: 'It is a folder with manifest.toml and taskserv.nu.',
  });

const unknownService = (name: string, known: readonly string[]): Failure =>
  failure('not_found', `there is no taskserv ${quoted(name)}`, {
    hint: didYouMean(name, known) ?? `Known: ${known.join(', ')}. One of your own is a folder below taskservs/.`,
  });

const shadows = (name: string, folder: string): Failure =>
  failure('definition_invalid', `a taskserv of the workspace would hide the shipped ${name}`, {
    place: { file: join(folder, name) },
    hint: 'Give it another name.',
  });
