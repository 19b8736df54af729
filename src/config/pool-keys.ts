import type { Pool } from '../domain/pool.ts';
import { NAME } from '../domain/workflow.ts';
import type { KeySpec } from './key-spec.ts';

/** The section whose subsections users name: `[pools.NAME]`. */
export const POOLS = 'pools';

/** The keys of every pool. There are no variables for them. */
export const POOL_KEYS: { readonly [K in keyof Pool]: KeySpec<Pool[K] | null> } = {
  limit: {
    type: { kind: 'number', min: 1, max: 10_000, whole: true },
    default: null,
    defaultText: 'none: every pool says its own',
    meaning: 'How many tasks may be in the pool at once, over all runs of one data_dir.',
    scope: 'run',
  },
  rate_per_second: {
    type: { kind: 'number', min: 0.0001, max: 10_000, whole: false },
    default: null,
    defaultText: 'as many as the limit allows',
    meaning: 'How many tasks may enter the pool per second, in the long run.',
    scope: 'run',
  },
  burst: {
    type: { kind: 'number', min: 1, max: 10_000, whole: true },
    default: null,
    defaultText: 'rate_per_second, rounded up',
    meaning: 'How many tasks may enter the pool at once after a pause, where there is a rate.',
    scope: 'run',
  },
};

export interface PoolPath {
  readonly name: string;
  readonly key: keyof Pool;
}

/** `pools.NAME.KEY`, or nothing. */
export function poolPath(path: string): PoolPath | undefined {
  const [section, ...rest] = path.split('.');
  const key = rest.pop();
  const name = rest.join('.');
  return section === POOLS && NAME.test(name) && isPoolKey(key) ? { name, key } : undefined;
}

const isPoolKey = (key: string | undefined): key is keyof Pool => key !== undefined && Object.hasOwn(POOL_KEYS, key);
