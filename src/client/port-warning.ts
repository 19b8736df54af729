import type { Descriptor } from '../api/descriptor.ts';
import { portOf } from './target.ts';

/** Documents in the field name one port for clients and another for the orchestrator. Local clients need neither. */
export function portWarning(endpoint: string | null, descriptor: Descriptor | null | undefined): string | undefined {
  if (endpoint === null || descriptor === null || descriptor === undefined) return undefined;
  const wanted = portIn(endpoint);
  if (descriptor.endpoint !== null && portIn(descriptor.endpoint) === wanted) return undefined;
  const where = descriptor.endpoint ?? 'its socket only';
  return `orchestrator.endpoint is ${endpoint}, but the orchestrator listens on ${where}; it was found by its descriptor.`;
}

const portIn = (url: string): number => portOf(new URL(url));
