import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import { inUse } from './in-use.ts';
import { quote } from './quote.ts';
import { defined, existing } from './request.ts';
import type { Asked, CommandRequest } from './request.ts';

/** The operations of `delete` and `remove`. */
export function destroyOperations(request: CommandRequest): Result<readonly Asked[], readonly Failure[]> {
  const { noun, infra } = request;
  const known = new Set([...existing(request, noun), ...defined(request, noun).map(({ name }) => name)]);
  if (request.all && known.size === 0)
    return err([failure('not_found', `infra "${infra}" has no ${noun}s`, { hint: `See: provisioning ${noun} list.` })]);
  const names = request.all ? known : new Set(request.names);
  const unknown = [...names].filter((name) => !known.has(name));
  if (unknown.length > 0) return err(unknown.map((name) => notFound(request, name, known)));
  const used =
    request.params['force'] === true
      ? []
      : [...names].flatMap((name) => inUse({ kind: noun, name }, request.active ?? []) ?? []);
  if (used.length > 0) return err(used);
  return ok([...names].map((name) => destroy(request, name)));
}

function notFound({ noun, infra }: CommandRequest, name: string, known: Iterable<string>): Failure {
  const hint = didYouMean(name, known) ?? `See: provisioning ${noun} list.`;
  return failure('not_found', `infra "${infra}" has no ${noun} ${quote(name)}`, { hint });
}

function destroy(request: CommandRequest, name: string): Asked {
  const type = `${request.noun}.${request.verb}`;
  const provider = request.noun === 'server' ? providerOf(request, name) : undefined;
  return { id: name, type, provider, params: { ...request.params, name } };
}

/** Who made it knows how to unmake it; the infra file may have changed since. */
function providerOf({ inventory, definition, provider }: CommandRequest, name: string): string | undefined {
  const made = inventory.find((entry) => entry.kind === 'server' && entry.name === name);
  const meant = definition?.servers.find((server) => server.name === name);
  return provider ?? made?.provider ?? meant?.provider;
}
