import { statfsSync } from 'node:fs';
import type { Paths } from '../../config/data-paths.ts';
import { ok } from '../../domain/result.ts';
import type { Reads } from '../../ports/reads.ts';
import type { Client } from '../client.ts';
import { find } from '../find.ts';
import type { Facts } from './facts.ts';

export interface ObserveOptions {
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly client: Client;
  readonly reads: Reads;
  readonly store: Facts['store'];
  readonly misfits: Facts['misfits'];
  /** How long the orchestrator may take to answer. */
  readonly timeoutMs: number;
}

/** Longer than an orchestrator with a full plate takes, shorter than a person waits. */
const PATIENCE_MS = 5000;

/** What there is to look at. Starts nothing. */
export async function observe(options: ObserveOptions): Promise<Facts> {
  const { paths, env, version, client, reads, store, misfits } = options;
  const timeoutMs = Math.min(options.timeoutMs, PATIENCE_MS);
  const found = client.kind === 'local' ? await find(paths, timeoutMs) : ok(undefined);
  const status = found.ok ? await client.status() : undefined;
  return {
    paths,
    env,
    version,
    reads,
    store,
    misfits,
    found,
    uid: process.getuid?.() ?? -1,
    versions: { node: process.versions.node, sqlite: process.versions['sqlite'] ?? '0.0.0' },
    now: Date.now(),
    proc: '/proc',
    systemRoot: (env['PROVISIONING_SYSTEM_ROOT'] ?? '').replace(/\/$/, ''),
    fileSystem,
    status: status?.ok === true ? status.value : undefined,
  };
}

function fileSystem(folder: string): ReturnType<Facts['fileSystem']> {
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    return { type, free: bavail * bsize };
  } catch {
    return undefined;
  }
}
