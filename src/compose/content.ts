import { existsSync } from 'node:fs';
import type { Assets } from '../adapters/system/assets.ts';
import type { Company } from '../api/compatibility.ts';
import type { Configuration } from '../config/load.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Evaluator } from '../ports/evaluator.ts';
import type { Library } from '../ports/library.ts';
import type { Templates } from '../ports/templates.ts';
import { once } from './once.ts';

/** The library as a workspace sees it: the shipped one, and its own `nulib/` if there is one. */
export type LibraryOf = (workspace: string) => Library;

/** What the program carries with it, and what reads it. Each part is opened when it is first asked for. */
export interface Content {
  /** `incompatible`: what is used in its place, or the rules in force, do not fit this program. */
  readonly libraryOf: () => Promise<Result<LibraryOf, Failure>>;
  /** Who works together here; the failures are those of documents about versions. */
  readonly company: () => Promise<Result<Company, readonly Failure[]>>;
  readonly definitions: () => Promise<Definitions>;
  readonly templates: () => Promise<Result<Templates, Failure>>;
  /** On disk. */
  readonly templatesFolder: () => Promise<Result<string, Failure>>;
}

/** `version`: of this program. */
export function openContent(configuration: Configuration, version: string): Content {
  const assets = once(async () => {
    const [{ createAssets }, { unpackApart }] = await Promise.all([
      import('../adapters/system/assets.ts'),
      import('./unpack.ts'),
    ]);
    const { cacheDir } = configuration.environment;
    return createAssets(
      cacheDir,
      once(() => unpackApart(cacheDir)),
    );
  });
  const company = once(async () => {
    const { openCompany } = await import('./company.ts');
    return openCompany(configuration, version, await assets());
  });
  return {
    company,
    libraryOf: once(async () => {
      const refused = await misfit(configuration, company);
      return refused === undefined ? openLibrary(configuration, await assets()) : err(refused);
    }),
    definitions: once(() => openDefinitions(assets)),
    templates: once(() => openTemplates(assets)),
    templatesFolder: async () => (await assets()).templates(),
  };
}

async function openDefinitions(assets: () => Promise<Assets>): Promise<Definitions> {
  const { createDefinitions } = await import('../adapters/documents/definitions.ts');
  return createDefinitions(once(() => openNickel(assets)));
}

async function openNickel(assets: () => Promise<Assets>): Promise<Result<Evaluator, Failure>> {
  const { createNickel } = await import('../adapters/nickel/evaluate.ts');
  const carried = await assets();
  const templates = await carried.templates();
  if (!templates.ok) return templates;
  return ok(createNickel({ module: () => carried.nickelModule(), importPaths: [`${templates.value}/nickel`] }));
}

async function openTemplates(assets: () => Promise<Assets>): Promise<Result<Templates, Failure>> {
  const [{ createTemplates }, { folderFiles }] = await Promise.all([
    import('../adapters/templates/templates.ts'),
    import('../adapters/templates/files.ts'),
  ]);
  const carried = await assets();
  const folder = await carried.templates();
  if (!folder.ok) return folder;
  return ok(createTemplates({ wasm: () => carried.templateEngine(), files: folderFiles(folder.value) }));
}

/** What this program carries fits itself, by its own rules: a test holds that, so a command need not. */
async function misfit(
  { settings, environment }: Configuration,
  company: Content['company'],
): Promise<Failure | undefined> {
  if (settings.nushell.provisioning_lib === null && !existsSync(environment.versionsFile)) return undefined;
  const [known, { misfitIn }] = await Promise.all([company(), import('../presentation/compat.ts')]);
  return known.ok ? misfitIn(known.value) : known.error[0];
}

async function openLibrary({ settings }: Configuration, assets: Assets): Promise<Result<LibraryOf, Failure>> {
  const { createLibrary } = await import('../adapters/nushell/library.ts');
  const { binary, provisioning_lib, env_vars: envVars } = settings.nushell;
  const shipped = provisioning_lib === null ? await assets.library() : ok(provisioning_lib);
  if (!shipped.ok) return shipped;
  const templates = await assets.templates();
  if (!templates.ok) return templates;
  const nu = async () => (binary === null ? assets.nu() : ok(binary));
  return ok((workspace) => {
    const own = `${workspace}/nulib`;
    return createLibrary({
      nu,
      shipped: shipped.value,
      workspaceLibrary: existsSync(own) ? own : undefined,
      services: { shipped: `${templates.value}/taskservs`, workspace: `${workspace}/taskservs` },
      envVars,
    });
  });
}
