import { parseCredential, VARIABLE } from '../domain/credential.ts';
import { isRecord } from '../domain/json.ts';
import type { Fields } from './fields.ts';
import { quote } from './quote.ts';

const HINT = 'Write credentials = { DB_PASSWORD = "env:DB_PASSWORD" }.';
const FORMS = 'Write "env:NAME", "file:PATH" or "command:[\\"PROGRAM\\", \\"ARGUMENT\\"]", never the secret itself.';

/**
 * Variables of the operation's environment, and where their values are. Messages never show what stands there: it might
 * be the secret itself.
 */
export function readCredentials(fields: Fields): Readonly<Record<string, string>> | undefined {
  const record = fields.record('credentials', HINT);
  if (record === undefined) return undefined;
  const path = fields.pathOf('credentials');
  for (const [name, value] of Object.entries(record)) {
    if (!VARIABLE.test(name)) fields.report.fail([...path, name], `${quote(name)} is no name of a variable`);
    else if (name.startsWith('PROVISIONING_'))
      fields.report.fail([...path, name], `${quote(name)} is ours`, 'Take a name without PROVISIONING_.');
    else if (isGivenTwice(fields, name))
      fields.report.fail([...path, name], `${quote(name)} stands in "params.env", too`, 'Remove it there.');
    if (typeof value !== 'string' || parseCredential(value) === undefined)
      fields.report.fail([...path, name], `credential ${quote(name)} does not say where its value is`, FORMS);
  }
  return Object.keys(record).length === 0 ? undefined : (record as Readonly<Record<string, string>>);
}

function isGivenTwice(fields: Fields, name: string): boolean {
  const params = fields.value('params');
  const env = isRecord(params) ? params['env'] : undefined;
  return isRecord(env) && Object.hasOwn(env, name);
}
