import { parseCredential } from '../domain/credential.ts';
import type { JsonRecord } from '../domain/json.ts';
import { didYouMean } from '../domain/suggest.ts';
import type { Fields } from './fields.ts';
import { quote } from './quote.ts';

/** What the definition of a server may say besides its name and provider, beside `params` or in it. */
export const SERVER_FIELDS = [
  'plan',
  'zone',
  'address',
  'port',
  'user',
  'identity',
  'jump',
  'host_key',
  'ssh_config',
  'connect_timeout',
] as const;

/** Reports what is wrong with the fields of a server, whoever makes it. */
export function checkServer(fields: Fields): void {
  for (const key of ['plan', 'zone', 'identity', 'ssh_config']) fields.text(key);
  fields.integer('port', { min: 1, max: 65_535 });
  fields.integer('connect_timeout', { min: 1, max: 3600, unit: 'seconds' });
  for (const [key, { pattern, hint }] of Object.entries(FORMS)) {
    const text = fields.text(key);
    if (text !== undefined && !pattern.test(text)) fields.fail(key, `${quote(text)} cannot be the ${key}`, hint);
  }
}

/** Nothing here may begin with a dash, which would be an option of ssh. */
const FORMS: Readonly<Record<string, { readonly pattern: RegExp; readonly hint: string }>> = {
  address: {
    pattern: /^[A-Za-z0-9_:][A-Za-z0-9._:%-]{0,252}$/,
    hint: 'A name or an address without a port, such as web-1.example.org or 10.0.0.7.',
  },
  user: { pattern: /^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$/, hint: 'The name of a user there, such as root.' },
  jump: {
    pattern: /^(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?(?:\[[0-9A-Fa-f:.%a-z]+\]|[A-Za-z0-9_][A-Za-z0-9._-]*)(?::\d{1,5})?$/,
    hint: 'Write it as [user@]host[:port].',
  },
  host_key: {
    pattern: /^SHA256:[A-Za-z0-9+/]{43}=?$/,
    hint: 'Its fingerprint, as ssh-keygen -lf prints it: SHA256:…',
  },
};

/** What holds for servers that are there already. `where` is where a field of its own would stand. */
export function checkAdopted(params: Fields, said: JsonRecord, where: Fields = params): void {
  if (said['address'] === undefined || said['address'] === null)
    where.missing('address', 'Say where the server answers: address = "10.0.0.7".');
  for (const key of Object.keys(said))
    // `force` is refused whoever the provider is: see known-params.ts.
    if (!KNOWN.includes(key) && key !== 'force')
      params.fail(key, `provider "ssh" has no parameter ${quote(key)}`, didYouMean(key, KNOWN) ?? KNOWN_HINT);
}

const KNOWN: readonly string[] = ['name', 'provider', ...SERVER_FIELDS];
const KNOWN_HINT = `It has ${SERVER_FIELDS.join(', ')}.`;

/** The credential that a key is which stands in a variable of whoever submits: what works on the server needs it. */
export function identityOf(definition: JsonRecord): Readonly<Record<string, string>> {
  const { identity } = definition;
  if (typeof identity !== 'string') return {};
  const credential = parseCredential(identity);
  return credential?.from === 'env' ? { [credential.name]: identity } : {};
}
