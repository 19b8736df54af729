import { createHash } from 'node:crypto';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Json } from '../../domain/json.ts';
import { isRecord } from '../../domain/json.ts';
import type { Resource } from '../../domain/resource.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { didYouMean } from '../../domain/suggest.ts';
import { mayFail, waveSizes } from '../../domain/waves.ts';
import type { Library, OperationModule, TaskCommand } from '../../ports/library.ts';
import type { Attempt } from '../request.ts';
import { quoteWords } from '../../domain/quote.ts';
import { commandOf } from './words.ts';

/** Whom `command.run` with `params.servers` meets, and what an earlier attempt has done already. */
export interface OnHosts {
  readonly inventory: readonly Resource[];
  readonly checkpoint: Json;
}

/**
 * A command on servers: `lib/on-hosts.sh` of the library runs it there, and starts Nushell only where a host's provider
 * has to say first how the host is reached.
 */
export async function prepareOnHosts(
  attempt: Attempt,
  library: Library,
  { inventory, checkpoint }: OnHosts,
): Promise<Result<TaskCommand, Failure>> {
  const { params, waves, max_fail_percent: percent = 0 } = attempt.operation;
  const servers = [...new Set((Array.isArray(params['servers']) ? params['servers'] : []).map(String))];
  const known = recordsOf(servers, inventory, attempt.submission.workflow.infra);
  if (!known.ok) return known;
  const reach = await library.command(REACH);
  if (!reach.ok) return reach;
  const { line, words } = commandOf(params, attempt.fence);
  const digest = hash([params['argv'], params['env'], params['cwd'], servers]);
  const finished = finishedBefore(checkpoint, digest).filter((name) => servers.includes(name));
  const left = known.value.filter(({ name }) => !finished.includes(name));
  const keys = left.map((server) => `${server.name}=${keyOf(attempt, server)}`);
  const plan = inWaves(keys, waveSizes(waves, left.length, servers.length));
  const limit = String(mayFail(percent, servers.length));
  const { argv, cwd, env } = reach.value;
  return ok({
    script: `${cwd}/lib/on-hosts.sh`,
    argv: [line, quoteWords(argv), plan, limit, finished.join(' '), digest, ...words],
    env: { ...attempt.submission.settings.env_vars, ...env },
    cwd,
  });
}

/** Opens what is not open, and leaves in the run's folder how each host is reached. */
const REACH: OperationModule = {
  module: 'lib/reach.nu',
  function: 'reach-hosts',
  file: '',
  origin: 'shipped',
  argument: 'request',
  role: 'operation',
  idempotent: true,
  probe: undefined,
};

function recordsOf(
  servers: readonly string[],
  inventory: readonly Resource[],
  infra: string,
): Result<readonly Resource[], Failure> {
  const all = new Map(inventory.filter(({ kind }) => kind === 'server').map((server) => [server.name, server]));
  const missing = servers.filter((name) => !all.has(name));
  const [first] = missing;
  if (first === undefined) return ok(servers.flatMap((name) => all.get(name) ?? []));
  const message = `infra ${infra} has no server ${missing.join(', ')}`;
  const has = all.size === 0 ? 'It has no servers yet: create them first.' : `It has ${[...all.keys()].join(', ')}.`;
  return err(failure('not_found', message, { hint: didYouMean(first, all.keys()) ?? has }));
}

/** Another one when the server is another one: what was said of its predecessor does not hold for it. */
const keyOf = ({ submission }: Attempt, { name, provider, definition, facts }: Resource): string =>
  `${name}-${hash([submission.workspace, submission.workflow.infra, provider, definition, facts])}`;

const hash = (values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);

const inWaves = (hosts: readonly string[], sizes: readonly number[]): string => {
  let at = 0;
  return sizes.map((size) => hosts.slice(at, (at += size)).join(' ')).join(' / ');
};

/** Hosts on which an earlier attempt at the very same thing has ended well. */
function finishedBefore(checkpoint: Json, digest: string): readonly string[] {
  if (!isRecord(checkpoint)) return [];
  const { digest: of, finished } = checkpoint;
  return of === digest && Array.isArray(finished) ? finished.map(String) : [];
}
