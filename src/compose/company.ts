import { join } from 'node:path';
import type { Assets } from '../adapters/system/assets.ts';
import type { Company, Part, Rule } from '../api/compatibility.ts';
import { API_VERSION, PROTOCOL } from '../api/version.ts';
import { readText } from '../config/layers.ts';
import type { Configuration } from '../config/load.ts';
import { readLibraryVersion, readVersions } from '../config/versions-file.ts';
import type { Component } from '../domain/component.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

/** Reads what stands about versions: in this program, on this machine, and in the library in use. Unpacks nothing. */
export async function openCompany(
  { settings, environment }: Configuration,
  version: string,
  assets: Assets,
): Promise<Result<Company, readonly Failure[]>> {
  const table = await tableOf(environment.versionsFile, assets);
  const library = await libraryPart(settings.nushell.provisioning_lib, assets);
  if (!table.ok || !library.ok) return err([table, library].flatMap((read) => (read.ok ? [] : read.error)));
  const own = (component: Component): Part => ({
    component,
    version,
    origin: 'program',
    where: null,
    api: API_VERSION,
    protocol: PROTOCOL,
  });
  return ok({ ...table.value, core: own('core'), platform: own('platform'), library: library.value });
}

type Read<T> = Result<T, readonly Failure[]>;

async function tableOf(file: string, assets: Assets): Promise<Read<{ rules: readonly Rule[]; file: string | null }>> {
  const given = readText(file);
  if (!given.ok) return err([given.error]);
  const text = given.value ?? (await assets.text('templates/versions.toml'));
  const rules = readVersions({ file: given.value === undefined ? SHIPPED : file, text });
  return rules.ok ? ok({ rules: rules.value, file: given.value === undefined ? null : file }) : rules;
}

const SHIPPED = 'versions.toml (in this program)';

/** One without a `library.toml` is of a time before there was such a file: it is used, and its version is not known. */
async function libraryPart(folder: string | null, assets: Assets): Promise<Read<Part>> {
  const file = join(folder ?? 'nulib', 'library.toml');
  const read = folder === null ? ok(await assets.text('nulib/library.toml')) : readText(file);
  if (!read.ok) return err([read.error]);
  const part = { component: 'library', origin: folder === null ? 'program' : 'external', where: folder } as const;
  if (read.value === undefined) return ok({ ...part, version: null });
  const said = readLibraryVersion({ file, text: read.value });
  return said.ok ? ok({ ...part, ...said.value }) : said;
}
