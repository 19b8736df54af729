import type { Fields } from './fields.ts';
import { quote } from './quote.ts';

const PROVIDERS = ['local', 'ssh', 'aws', 'upcloud'] as const;

/** Grows with each adapter. */
const AVAILABLE: ReadonlySet<string> = new Set(['local', 'ssh']);

/** Who makes the servers; reported where it is unknown or not in this version. */
export function readProvider(fields: Fields): string | undefined {
  const provider = fields.choice('provider', PROVIDERS);
  if (provider === undefined || AVAILABLE.has(provider)) return provider;
  const available = [...AVAILABLE].map(quote).join(', ');
  fields.fail('provider', `provider "${provider}" is not in this version`, `Available: ${available}.`);
  return undefined;
}
