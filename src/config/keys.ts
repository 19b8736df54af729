import { POOL_KEYS, poolPath, POOLS } from './pool-keys.ts';
import type { Conditional, Facts, KeySpec, SectionSpec } from './key-spec.ts';
import { SCHEMA } from './schema.ts';
import type { FixedSettings, Settings } from './settings.ts';
import type { Value } from './value-type.ts';

/** `section.key`, as documents and `config explain` say it. */
export type FixedPath = { [S in keyof FixedSettings]: `${S}.${keyof FixedSettings[S] & string}` }[keyof FixedSettings];
export type KeyPath = FixedPath | `pools.${string}`;

/** One key of the schema with everything that is derived from its place in it. */
export interface Key extends Omit<KeySpec<Value>, 'default' | 'aliases'> {
  readonly path: KeyPath;
  readonly section: keyof Settings;
  readonly name: string;
  /** Absent for keys of pools. */
  readonly variable: string | undefined;
  readonly aliases: readonly string[];
  readonly refusedInWorkspace: string | undefined;
  readonly builtin: (facts: Facts) => Conditional<Value>;
}

export interface FixedKey extends Key {
  readonly path: FixedPath;
  readonly section: keyof FixedSettings;
  readonly variable: string;
}

type AnySection = SectionSpec<Readonly<Record<string, Value>>>;

export const SECTIONS: ReadonlyMap<string, SectionSpec<Readonly<Record<string, Value>>>> = new Map(
  Object.entries(SCHEMA as unknown as Readonly<Record<string, AnySection>>),
);

/** In the order of the schema. */
export const KEYS: readonly FixedKey[] = [...SECTIONS].flatMap(([section, spec]) =>
  Object.entries(spec.keys).map(([name, key]) => derive(section as keyof FixedSettings, spec, { name, key })),
);

export const KEY_BY_PATH: ReadonlyMap<string, FixedKey> = new Map(KEYS.map((key) => [key.path, key]));
export const KEY_BY_ALIAS: ReadonlyMap<string, Key> = new Map(
  KEYS.flatMap((key) => key.aliases.map((alias) => [alias, key] as const)),
);
export const KEY_BY_VARIABLE: ReadonlyMap<string, FixedKey> = new Map(KEYS.map((key) => [key.variable, key]));

export const SECTION_NAMES: readonly string[] = [...SECTIONS.keys(), POOLS];

/** A key by its own name; every pool has its keys, whether it is configured or not. */
export const keyOf = (path: string): Key | undefined => KEY_BY_PATH.get(path) ?? poolKey(path);

export function variablePrefix(section: string): string {
  return `PROVISIONING_${section.toUpperCase()}_`;
}

/** The names, older ones too, that may stand in a section of a document. */
export const namesIn = (section: string): readonly string[] =>
  section.startsWith(`${POOLS}.`) ? Object.keys(POOL_KEYS) : fixedNamesIn(section);

const fixedNamesIn = (section: string): readonly string[] =>
  [...KEY_BY_PATH.keys(), ...KEY_BY_ALIAS.keys()]
    .filter((path) => path.startsWith(`${section}.`))
    .map((path) => path.slice(section.length + 1));

function poolKey(path: string): Key | undefined {
  const found = poolPath(path);
  if (found === undefined) return undefined;
  const { default: value, ...rest } = POOL_KEYS[found.key];
  return {
    ...rest,
    path: `pools.${found.name}.${found.key}`,
    section: POOLS,
    name: found.key,
    variable: undefined,
    aliases: [],
    refusedInWorkspace: undefined,
    builtin: () => ({ value: value as Value, because: undefined }),
  };
}

function derive(
  section: keyof FixedSettings,
  spec: AnySection,
  { name, key }: { readonly name: string; readonly key: KeySpec<Value> },
): FixedKey {
  const { default: value, aliases = [], ...rest } = key;
  return {
    ...rest,
    path: `${section}.${name}` as FixedPath,
    section,
    name,
    variable: variablePrefix(section) + name.toUpperCase(),
    aliases,
    refusedInWorkspace: spec.refusedInWorkspace,
    builtin: typeof value === 'function' ? value : () => ({ value, because: undefined }),
  };
}
