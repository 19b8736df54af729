import { isRecord } from '../domain/json.ts';
import { KEYS } from './keys.ts';
import type { FixedKey, FixedPath } from './keys.ts';
import type { Origin, Said } from './origin.ts';
import { poolsOf } from './pools.ts';
import type { Facts } from './key-spec.ts';
import type { Settings } from './settings.ts';
import type { Value } from './value-type.ts';

export interface Resolved {
  readonly settings: Settings;
  /** Where each value came from; of a table, where its highest layer stands. */
  readonly origins: Readonly<Record<FixedPath, Origin>>;
  /** Every layer's word, the lowest first; the built-in values are the first layer. */
  readonly layers: readonly Said[];
}

/** Pure: the last word about a key wins. Arrays replace, tables are merged name by name. */
export function resolve(said: readonly Said[], facts: Facts): Resolved {
  const layers = [...KEYS.map((key) => builtin(key, facts)), ...said];
  const sections: Record<string, Record<string, Value>> = {};
  const origins: Partial<Record<FixedPath, Origin>> = {};
  const groups = Map.groupBy(layers, (layer) => layer.key);
  for (const key of KEYS) {
    const group = groups.get(key.path) ?? [];
    (sections[key.section] ??= {})[key.name] = group.map((layer) => layer.value).reduce(merge);
    origins[key.path] = group.at(-1)?.origin ?? NOWHERE;
  }
  // The schema is a mapped type over Settings: it has exactly its keys, each with a default of its type.
  const settings = freeze({ ...sections, pools: poolsOf(layers) }) as unknown as Settings;
  return { settings, origins: origins as Record<FixedPath, Origin>, layers };
}

const NOWHERE: Origin = { kind: 'builtin', because: undefined };

function builtin(key: FixedKey, facts: Facts): Said {
  const { value, because } = key.builtin(facts);
  return { key: key.path, value, origin: { kind: 'builtin', because } };
}

const merge = (lower: Value, higher: Value): Value =>
  isRecord(lower) && isRecord(higher) ? { ...lower, ...higher } : higher;

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
