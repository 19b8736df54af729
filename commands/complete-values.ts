import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Services } from '../src/dispatch/services.ts';
import { FAILURE_CODES, publicCodeOf } from '../src/domain/failure.ts';
import { RESOURCE_KINDS } from '../src/domain/resource.ts';
import type { ResourceKind } from '../src/domain/resource.ts';
import { timeText } from '../src/presentation/time.ts';
import type { Candidate, Completion, Wanted } from './complete.ts';
import { nounAndVerb } from './entry.ts';
import type { Entry } from './entry.ts';

/** More than a screen of them help nobody. */
const NEWEST = 50;

interface World {
  readonly registry: readonly Entry[];
  /** Reads what exists; starts and makes nothing. Rejects where that cannot be read. */
  readonly services: () => Promise<Services>;
}

/** Names that exist now, for an argument or a flag. */
export async function valuesFor(wanted: Wanted, world: World): Promise<Completion | undefined> {
  if (wanted.name === 'file') return { kind: 'files' };
  if (wanted.name === 'folder') return { kind: 'folders' };
  const source = SOURCES[wanted.name];
  return source === undefined ? undefined : { kind: 'words', candidates: await source(wanted, world) };
}

type Source = (wanted: Wanted, world: World) => Promise<readonly Candidate[]>;

const SOURCES: Readonly<Record<string, Source>> = {
  id: runs,
  task: (wanted, world) => tasks(wanted.given[0], world),
  from: (wanted, world) => tasks(wanted.given[0], world),
  names: async (wanted, world) => {
    const { noun, verb } = nounAndVerb(wanted.entry);
    return isKind(noun) && verb !== 'create' && verb !== 'deploy' ? resources(noun, wanted, world) : [];
  },
  servers: (wanted, world) => resources('server', wanted, world),
  cluster: (wanted, world) => resources('cluster', wanted, world),
  infra: infras,
  template: async (_wanted, { services }) => {
    const templates = await (await services()).templates();
    return templates.ok ? plain(await templates.value.names()) : [];
  },
  shown: async (_wanted, { services }) => {
    const { listTemplates } = await import('../src/dispatch/template-list.ts');
    const listed = await listTemplates(await services());
    return listed.ok ? listed.value.map(({ name, summary }) => ({ value: name, meaning: summary })) : [];
  },
  codes: async () => {
    const { EXPLANATIONS } = await import('../src/presentation/explanations.ts');
    return FAILURE_CODES.flatMap((code) => [
      { value: publicCodeOf(code), meaning: EXPLANATIONS[code].means },
      { value: code, meaning: publicCodeOf(code) },
    ]);
  },
  key: async () => {
    const { KEYS } = await import('../src/config/keys.ts');
    return KEYS.map(({ path, meaning }) => ({ value: path, meaning }));
  },
  words: commands,
  command: commands,
};

const isKind = (noun: string): noun is ResourceKind => (RESOURCE_KINDS as readonly string[]).includes(noun);

const plain = (values: readonly string[]): readonly Candidate[] => values.map((value) => ({ value, meaning: '' }));

async function runs(_wanted: Wanted, { services }: World): Promise<readonly Candidate[]> {
  const reads = await (await services()).reads();
  const [found, latest] = await Promise.all([reads.runs(), reads.run('@latest')]);
  if (!found.ok || !latest.ok) return [];
  const described = found.value.slice(0, NEWEST).map(({ workflow_id, name, status, created_at }) => ({
    value: workflow_id,
    meaning: `${name}, ${status}, ${timeText(created_at)}`,
  }));
  return [{ value: '@latest', meaning: `${latest.value.name}, ${latest.value.status}` }, ...described];
}

async function tasks(run: string | undefined, { services }: World): Promise<readonly Candidate[]> {
  const found = await (await (await services()).reads()).run(run ?? '@latest');
  return found.ok
    ? found.value.tasks.map(({ id, type, status }) => ({ value: id, meaning: `${type}, ${status}` }))
    : [];
}

async function resources(kind: ResourceKind, { flags, given }: Wanted, { services }: World) {
  const opened = await services();
  const workspace = opened.configuration.workspace.root;
  const found = await (await opened.reads()).resources({ workspace, kind, infra: flags.get('infra') });
  const others = found.ok ? found.value.filter(({ name }) => !given.includes(name)) : [];
  return others.map(({ name, infra, status }) => ({ value: name, meaning: `${infra}, ${status}` }));
}

/** Those with a file, and those that something was made in. */
async function infras(_wanted: Wanted, { services }: World): Promise<readonly Candidate[]> {
  const opened = await services();
  const { root } = opened.configuration.workspace;
  const files = readdirSync(join(root, 'infra')).map((name) => name.replace(/\.(?:ncl|toml|ya?ml|json)$/, ''));
  const servers = await (await opened.reads()).resources({ workspace: root, kind: 'server' });
  return plain([...new Set([...files, ...(servers.ok ? servers.value.map(({ infra }) => infra) : [])])].toSorted());
}

function commands({ given }: Wanted, { registry }: World): Promise<readonly Candidate[]> {
  const start = given.length === 0 ? '' : `${given.join(' ')} `;
  const below = registry.filter(({ name }) => name.startsWith(start));
  const words = below.map(({ name }) => name.slice(start.length).split(' ')[0] ?? '');
  return Promise.resolve(plain([...new Set(words)]));
}
