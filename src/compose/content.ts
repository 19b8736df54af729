import type { Assets } from '../adapters/system/assets.ts';
import type { Configuration } from '../config/load.ts';
import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
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
  readonly libraryOf: () => Promise<Result<LibraryOf, Failure>>;
  readonly definitions: () => Promise<Definitions>;
  readonly templates: () => Promise<Result<Templates, Failure>>;
  /** On disk. */
  readonly templatesFolder: () => Promise<Result<string, Failure>>;
}

export function openContent(configuration: Configuration): Content {
  const assets = once(async () => {
    const { createAssets } = await import('../adapters/system/assets.ts');
    return createAssets(configuration.environment.cacheDir);
  });
  return {
    libraryOf: once(async () => openLibrary(configuration, await assets())),
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

async function openLibrary({ settings }: Configuration, assets: Assets): Promise<Result<LibraryOf, Failure>> {
  const [{ createLibrary }, { existsSync }] = await Promise.all([
    import('../adapters/nushell/library.ts'),
    import('node:fs'),
  ]);
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
