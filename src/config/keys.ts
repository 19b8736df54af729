import { SCHEMA } from './schema.ts';
import type { Conditional, Facts, KeySpec, SectionSpec } from './schema.ts';
import type { Settings } from './settings.ts';
import type { Value } from './value-type.ts';

/** `section.key`, as documents and `config explain` say it. */
export type KeyPath = { [S in keyof Settings]: `${S}.${keyof Settings[S] & string}` }[keyof Settings];

/** One key of the schema with everything that is derived from its place in it. */
export interface Key extends Omit<KeySpec<Value>, 'default' | 'aliases'> {
  readonly path: KeyPath;
  readonly section: keyof Settings;
  readonly name: string;
  readonly variable: string;
  readonly aliases: readonly string[];
  readonly refusedInWorkspace: string | undefined;
  readonly builtin: (facts: Facts) => Conditional<Value>;
}

type AnySection = SectionSpec<Readonly<Record<string, Value>>>;

export const SECTIONS: ReadonlyMap<string, SectionSpec<Readonly<Record<string, Value>>>> = new Map(
  Object.entries(SCHEMA as unknown as Readonly<Record<string, AnySection>>),
);

/** In the order of the schema. */
export const KEYS: readonly Key[] = [...SECTIONS].flatMap(([section, spec]) =>
  Object.entries(spec.keys).map(([name, key]) => derive(section as keyof Settings, spec, { name, key })),
);

export const KEY_BY_PATH: ReadonlyMap<string, Key> = new Map(KEYS.map((key) => [key.path, key]));
export const KEY_BY_ALIAS: ReadonlyMap<string, Key> = new Map(
  KEYS.flatMap((key) => key.aliases.map((alias) => [alias, key] as const)),
);
export const KEY_BY_VARIABLE: ReadonlyMap<string, Key> = new Map(KEYS.map((key) => [key.variable, key]));

export function variablePrefix(section: string): string {
  return `PROVISIONING_${section.toUpperCase()}_`;
}

/** The names, older ones too, that may stand in a section of a document. */
export const namesIn = (section: string): readonly string[] =>
  [...KEY_BY_PATH.keys(), ...KEY_BY_ALIAS.keys()]
    .filter((path) => path.startsWith(`${section}.`))
    .map((path) => path.slice(section.length + 1));

function derive(
  section: keyof Settings,
  spec: AnySection,
  { name, key }: { readonly name: string; readonly key: KeySpec<Value> },
): Key {
  const { default: value, aliases = [], ...rest } = key;
  return {
    ...rest,
    path: `${section}.${name}` as KeyPath,
    section,
    name,
    variable: variablePrefix(section) + name.toUpperCase(),
    aliases,
    refusedInWorkspace: spec.refusedInWorkspace,
    builtin: typeof value === 'function' ? value : () => ({ value, because: undefined }),
  };
}
