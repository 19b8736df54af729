import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'toml';
import type { ServiceParameters } from '../../src/ports/library.ts';

const FOLDER = join(import.meta.dirname, '../../templates/taskservs');

/** What of a manifest's schemas matters here. */
interface Schema {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
}

/** A place in a taskserv's parameters where a value may stand. */
export interface Field {
  /** `postgres users[].name`; `os sysctl{}` are the values of a record, `os sysctl{key}` its keys. */
  readonly name: string;
  readonly service: string;
  readonly type: string;
  /** Parameters with this value at the place, and what else must be there. */
  params(value: string): Readonly<Record<string, unknown>>;
}

/** A value that each text field may have, and what else its neighbours want: a field that is not here has no case. */
const GOOD: Readonly<Record<string, string>> = {
  'containerd sandbox_image': 'pause:3.9',
  'etcd token': 'a',
  'haproxy mode': 'http',
  'haproxy balance': 'source',
  'haproxy backends[].server': 'h1',
  'haproxy backends[].address': '127.0.0.1',
  'haproxy check_path': '/',
  'nginx server_name': 'a.example.org',
  'nginx root': '/var/www/x',
  'nginx index': '',
  'nginx proxy': 'http://a:80/b',
  'nginx health_path': '/',
  'nginx version': '1',
  'os packages[]': 'tree=1',
  'os users[].name': 'shop',
  'os users[].groups[]': 'adm',
  'os users[].shell': '/bin/sh',
  'os users[].authorized_keys[]': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2oN9JcPm5O8jRzJ5Qm1o0kQ0pXb3Fq8gqgW3T9r0xX ',
  'os sysctl{key}': 'net.ipv4.ip_default_ttl',
  'os sysctl{}': '63',
  'os open[]': '80/tcp',
  'postgres listen[]': 'localhost',
  'postgres allow[].address': '10.0.0.0/24',
  'postgres allow[].database': 'a',
  'postgres allow[].user': 'a',
  'postgres users[].name': '',
  'postgres users[].password': 'PASSWORD',
  'postgres databases[].name': '',
  'postgres databases[].owner': '',
  'postgres settings{key}': 'shop.text',
  'postgres settings{}': '',
};
const NEEDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  haproxy: { backends: [{ address: '127.0.0.1', port: 80 }] },
};

/** Free text, which goes to the host as it is: `hosts/taskservs.test.ts` looks whether it arrives so. */
export const FREE: readonly string[] = [
  'nginx index',
  'os users[].authorized_keys[]',
  'postgres databases[].name',
  'postgres databases[].owner',
  'postgres settings{}',
  'postgres users[].name',
];
/** The manifest cannot say which keys a record may have; the taskserv's module does. */
export const RECORD_KEYS: readonly string[] = ['os sysctl{key}', 'postgres settings{key}'];

const SHIPPED = readdirSync(FOLDER).filter((service) => service !== 'kubernetes');

interface Manifest {
  readonly params: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
const manifestOf = (service: string): Manifest =>
  parse(readFileSync(join(FOLDER, service, 'manifest.toml'), 'utf8')) as Manifest;

/** What workflows are held to. */
export const manifests = (): ReadonlyMap<string, ServiceParameters> =>
  new Map(
    SHIPPED.map((service) => {
      const { params, required = [] } = manifestOf(service);
      return [service, { additionalProperties: false, properties: params as never, required }];
    }),
  );

/** Every field of every shipped taskserv, as the manifests have them. */
export const FIELDS: readonly Field[] = SHIPPED.flatMap((service) =>
  Object.entries(manifestOf(service).params).flatMap(([key, schema]) =>
    within(`${service} ${key}`, schema, (value) => ({ ...NEEDED[service], [key]: value })),
  ),
);

/** A field, and what might do harm there: by itself, and behind what is good. */
export interface Case {
  readonly field: Field;
  readonly text: string;
}

export const hostileCases = (canary: string): readonly Case[] =>
  FIELDS.flatMap((field) => {
    const good = goodFor(field);
    const texts = hostileTexts(canary);
    return (good === '' ? texts : [...texts, ...texts.map((text) => good + text)]).map((text) => ({ field, text }));
  });

/** Throws where nobody has said one. */
function goodFor({ name, type }: Field): string {
  const good = GOOD[name];
  if (good === undefined && type === 'string') throw new Error(`${name} has no case in test/rig/hostile.ts`);
  return good ?? '';
}

function within(name: string, schema: Schema, params: (value: unknown) => Record<string, unknown>): readonly Field[] {
  if (schema.items !== undefined) return within(`${name}[]`, schema.items, (value) => params([value]));
  const service = name.slice(0, name.indexOf(' '));
  if (schema.type !== 'object') return [{ name, service, type: schema.type, params }];
  const others = (key: string): Record<string, unknown> =>
    Object.fromEntries(
      (schema.required ?? []).filter((one) => one !== key).map((one) => [one, sampleOf(`${name}.${one}`)]),
    );
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, one]) =>
    within(`${name}.${key}`, one, (value) => params({ ...others(key), [key]: value })),
  );
  if (typeof schema.additionalProperties !== 'object') return inner;
  const value = sampleOf(`${name}{}`);
  return [
    ...inner,
    { name: `${name}{key}`, service, type: 'string', params: (key) => params({ [key]: value }) },
    ...within(`${name}{}`, schema.additionalProperties, (text) => params({ [GOOD[`${name}{key}`] ?? 'key']: text })),
  ];
}

function sampleOf(name: string): unknown {
  return name.endsWith('.port') ? 80 : GOOD[name] || 'x';
}

/** Harmless where it is text; wherever it is anything else there is a file at `canary`, or 49 is said. */
const hostileTexts = (canary: string): readonly string[] => [
  `'"; touch ${canary}; $(touch ${canary}) \`touch ${canary}\` {{ 7 * 7 }}\n} touch ${canary}\n\\' # %s`,
  `'";$(touch ${canary}){{ 7 * 7 }}\n\\%s`,
  `'";\`touch ${canary}\` \\`,
  `\ntouch ${canary}\n`,
  `} ; touch ${canary} #`,
];
