import type { Index } from './loader.ts';

/** Which chunks a command line needed. */
export interface Use {
  /** As typed, without `provisioning`. */
  readonly line: string;
  readonly chunks: ReadonlySet<string>;
}

/** Pack → its chunks. */
export type Packing = ReadonlyMap<string, readonly string[]>;

/** Lines that are only text: what they need is in a pack of its own, and is small. */
const TEXT: ReadonlySet<string> = new Set(['version', 'help']);

/**
 * Puts together what is needed together: reading a pack costs about 0.2 ms, and so does each 30 kB in it that a
 * command does not need. What no line needed stands alone.
 */
export function packing(chunks: Iterable<string>, uses: readonly Use[]): Packing {
  const groups = Map.groupBy(chunks, (chunk) => {
    const lines = uses.filter((use) => use.chunks.has(chunk)).map(({ line }) => line);
    if (lines.some((line) => TEXT.has(line))) return 'text';
    if (lines.length * 2 > uses.length) return 'command';
    return lines.length > 0 ? lines.join(', ') : chunk;
  });
  const counts = new Map<string, number>();
  return new Map(
    [...groups].map(([key, members]) => {
      const name = nameOf(key);
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return [count === 0 ? name : `${name}-${count}`, members];
    }),
  );
}

/** Stands in stack traces: the beginning says enough. */
const nameOf = (key: string): string =>
  key
    .replace(/\.js$/, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 40);

export const indexOf = (packed: Packing): Index => ({
  packOf: Object.fromEntries([...packed].flatMap(([pack, chunks]) => chunks.map((chunk) => [chunk, pack] as const))),
});

/** A script whose value is a record of functions, one a chunk; see `loader.ts`. */
export function packText(names: readonly string[], code: ReadonlyMap<string, string>): string {
  const functions = names.map(
    (name) => `${JSON.stringify(name)}:function(exports,require,module){${code.get(name) ?? ''}\n}`,
  );
  return `({${functions.join(',\n')}})`;
}
