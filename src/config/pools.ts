import type { Pool, Pools } from '../domain/pool.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Said } from './origin.ts';
import { poolPath, POOLS } from './pool-keys.ts';
import type { Value } from './value-type.ts';

/** What the layers say, the lowest first. Pools are merged key by key. */
export function poolsOf(layers: readonly Said[]): Pools {
  const said = [...byPool(layers)].map(([name, values]) => [name, Object.fromEntries(values)] as const);
  return Object.fromEntries(
    said.map(([name, { limit, rate_per_second: rate, burst }]) => {
      const perSecond = typeof rate === 'number' ? rate : null;
      return [
        name,
        { limit: Number(limit), rate_per_second: perSecond, burst: Number(burst ?? Math.ceil(perSecond ?? 1)) },
      ];
    }),
  );
}

/** Pools of which no layer says the limit. */
export function poolFailures(layers: readonly Said[]): readonly Failure[] {
  return [...byPool(layers)].flatMap(([name, values]) => {
    if (values.has('limit')) return [];
    const origin = layers.find(({ key }) => poolPath(key)?.name === name)?.origin;
    const place = origin?.kind === 'file' ? { file: origin.file, line: origin.line, column: origin.column } : undefined;
    const hint = `Add limit = 5 to [${POOLS}.${name}].`;
    return [failure('config_invalid', `The pool ${name} has no limit.`, { place, hint })];
  });
}

function byPool(layers: readonly Said[]): ReadonlyMap<string, Map<keyof Pool, Value>> {
  const pools = new Map<string, Map<keyof Pool, Value>>();
  for (const { key: path, value } of layers) {
    const found = poolPath(path);
    if (found === undefined) continue;
    const values = pools.get(found.name) ?? new Map<keyof Pool, Value>();
    pools.set(found.name, values.set(found.key, value));
  }
  return pools;
}
