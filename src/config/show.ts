import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import { isRecord } from '../domain/json.ts';
import { keyOf, KEYS } from './keys.ts';
import type { FixedKey, Key } from './keys.ts';
import type { Configuration } from './load.ts';
import { entryText, originText } from './origin.ts';
import { poolPath } from './pool-keys.ts';
import type { Resolved } from './resolve.ts';
import type { Value } from './value-type.ts';

/** One line of `config show`. A table has a row for each of its keys, and none if it is empty. */
export interface SettingRow {
  /** `section.key`, or `section.key.NAME` in a table. */
  readonly key: string;
  readonly value: Value;
  /** `PATH:LINE`, a variable's name, or `built in`. */
  readonly origin: string;
}

/** `config show [--origin]`: all settings in the order of the schema. `settings` itself is the data of `--json`. */
export const settingRows = (resolved: Resolved): readonly SettingRow[] => [
  ...KEYS.flatMap((key) => rows(key, resolved)),
  ...poolRows(resolved),
];

/** The data of `config show --origin --json`: `section.key` → origin. */
export const settingOrigins = (resolved: Resolved): Readonly<Record<string, string>> =>
  Object.fromEntries(settingRows(resolved).map(({ key, origin }) => [key, origin]));

/** The data of `config validate`. */
export interface Validation {
  readonly valid: boolean;
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
  /** The documents that were read, the lowest layer first; empty where there are failures. */
  readonly documents: readonly string[];
}

export function validation(loaded: Result<Configuration, readonly Failure[]>): Validation {
  if (!loaded.ok) return { valid: false, failures: loaded.error, warnings: [], documents: [] };
  const { warnings, documents } = loaded.value;
  return { valid: true, failures: [], warnings, documents: documents.map(({ file }) => file) };
}

export function valueOf({ settings }: Pick<Resolved, 'settings'>, key: Key): Value {
  const pool = poolPath(key.path);
  if (pool !== undefined) return settings.pools[pool.name]?.[pool.key] ?? null;
  return (settings[key.section] as unknown as Readonly<Record<string, Value>>)[key.name] ?? null;
}

function rows(key: FixedKey, resolved: Resolved): readonly SettingRow[] {
  const value = valueOf(resolved, key);
  if (!isRecord(value)) return [{ key: key.path, value, origin: originText(resolved.origins[key.path]) }];
  const layers = resolved.layers.filter((layer) => layer.key === key.path);
  return Object.entries(value).map(([name, entry]) => {
    const layer = layers.findLast((candidate) => isRecord(candidate.value) && Object.hasOwn(candidate.value, name));
    const origin = layer === undefined ? originText(resolved.origins[key.path]) : entryText(layer.origin, name);
    return { key: `${key.path}.${name}`, value: entry, origin };
  });
}

/** Only what somebody has said: of a pool that nobody has named there is nothing to show. */
function poolRows(resolved: Resolved): readonly SettingRow[] {
  const said = Map.groupBy(
    resolved.layers.filter(({ key }) => poolPath(key) !== undefined),
    ({ key }) => key,
  );
  return [...said].toSorted(byName).flatMap(([path, layers]) => {
    const [key, last] = [keyOf(path), layers.at(-1)];
    return key === undefined || last === undefined
      ? []
      : [{ key: path, value: valueOf(resolved, key), origin: originText(last.origin) }];
  });
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
