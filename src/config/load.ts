import { join } from 'node:path';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Document, Reading } from './document.ts';
import { inCi, readEnvironment } from './environment.ts';
import type { EnvironmentFacts } from './environment.ts';
import { KEY_BY_ALIAS } from './keys.ts';
import { candidates, readText } from './layers.ts';
import type { Candidate } from './layers.ts';
import { originText } from './origin.ts';
import type { Said } from './origin.ts';
import { placesOf, said } from './paths.ts';
import type { Environment, Places } from './paths.ts';
import { poolFailures } from './pools.ts';
import { resolve } from './resolve.ts';
import type { Resolved } from './resolve.ts';
import type { Facts } from './key-spec.ts';
import { readVariables } from './variables.ts';
import { findWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

export interface LoadOptions {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Environment;
  /** -1 where the system has no user ids. */
  readonly uid: number;
  readonly flags?: { readonly workspace?: string | undefined };
  /** An `orchestrator` serves many workspaces, so it reads the document of none. */
  readonly role?: 'command' | 'orchestrator';
  /** Put before the system's paths; also `PROVISIONING_SYSTEM_ROOT`. For tests. */
  readonly systemRoot?: string | undefined;
  readonly home?: string | undefined;
}

export interface Configuration extends Resolved {
  /** Sentences for people. */
  readonly warnings: readonly string[];
  readonly workspace: Workspace;
  readonly environment: EnvironmentFacts;
  /** The documents that were read, the lowest layer first. */
  readonly documents: readonly Candidate[];
}

/** Reads all layers. All failures of all of them at once; nothing is remembered between calls. */
export async function loadConfiguration(options: LoadOptions): Promise<Result<Configuration, readonly Failure[]>> {
  const { cwd, env } = options;
  const places = placesOf(env, options);
  const environment = readEnvironment(env, places, cwd);
  const workspace = findWorkspace({ cwd, home: places.home, asked: askedWorkspace(options) });
  const found = options.role === 'orchestrator' || !workspace.ok ? undefined : workspace.value;
  const { documents, readings, failures } = await readDocuments(candidates(places, found), places);
  const variables = readVariables(env, { folder: cwd, home: places.home });
  failures.push(...variables.failures);
  if (!environment.ok) failures.push(...environment.error);
  if (!workspace.ok) failures.push(workspace.error);
  const layers = [...readings.flatMap((reading) => reading.said), ...variables.said];
  if (failures.length === 0) failures.push(...poolFailures(layers));
  if (failures.length > 0 || !environment.ok || !workspace.ok) return err(failures);
  return ok({
    ...resolve(layers, factsOf(options, places, documents)),
    warnings: aliasWarnings(layers),
    workspace: workspace.value,
    environment: environment.value,
    documents,
  });
}

function askedWorkspace({ flags, env }: LoadOptions): { path: string; by: string } | undefined {
  if (flags?.workspace !== undefined) return { path: flags.workspace, by: '--workspace' };
  const variable = said(env['PROVISIONING_WORKSPACE']);
  return variable === undefined ? undefined : { path: variable, by: 'PROVISIONING_WORKSPACE' };
}

interface Read {
  readonly documents: readonly Candidate[];
  readonly readings: readonly Reading[];
  readonly failures: Failure[];
}

/** The TOML parser costs more than all the rest, and many machines have no document. */
async function readDocuments(all: readonly Candidate[], places: Places): Promise<Read> {
  const documents: Candidate[] = [];
  const texts: Document[] = [];
  const failures: Failure[] = [];
  for (const candidate of all) {
    const text = readText(candidate.file);
    if (!text.ok) failures.push(text.error);
    if (!text.ok || text.value === undefined) continue;
    documents.push(candidate);
    texts.push({ file: candidate.file, text: text.value, ofWorkspace: candidate.layer === 'workspace' });
  }
  if (texts.length === 0) return { documents, readings: [], failures };
  const { readDocument } = await import('./document.ts');
  const readings = texts.map((document) => readDocument(document, places.home));
  failures.push(...readings.flatMap((reading) => reading.failures));
  return { documents, readings, failures };
}

function factsOf(options: LoadOptions, places: Places, documents: readonly Candidate[]): Facts {
  const hasSystemDocuments = documents.some(({ layer }) => layer === 'shipped' || layer === 'system');
  return {
    ci: inCi(options.env),
    systemOwned: options.uid === 0 && hasSystemDocuments,
    stateDir: join(places.stateHome, 'provisioning'),
    systemStateDir: join(places.systemRoot, 'var/lib/provisioning'),
  };
}

/** One warning for each older name, with all the places where it stands. */
function aliasWarnings(layers: readonly Said[]): readonly string[] {
  const written = layers.flatMap(({ origin }) =>
    origin.kind === 'file' && origin.alias !== undefined ? [{ alias: origin.alias, place: originText(origin) }] : [],
  );
  return [...Map.groupBy(written, ({ alias }) => alias)].map(([alias, group]) => {
    const places = group.map(({ place }) => place).join(', ');
    return `${alias} is an older name of ${KEY_BY_ALIAS.get(alias)?.path}: please rename it (${places}).`;
  });
}
