import { err, ok } from '../../domain/result.ts';
import type { Evaluator } from '../../ports/evaluator.ts';
import { createBench } from './bench.ts';
import { compileQuickly } from './compile.ts';
import { explain } from './explain.ts';
import { sandbox } from './sandbox.ts';
import { inspectSource } from './source.ts';

export interface NickelOptions {
  /** The bytes of `nickel.wasm`, decompressed. Asked for once, at the first evaluation. */
  readonly module: () => Promise<Uint8Array> | Uint8Array;
  /** Absolute folders in which `import` looks after the folder of the importing file. */
  readonly importPaths: readonly string[];
  /** How long one evaluation may take, in milliseconds: Nickel programs may run for ever. By default a minute. */
  readonly timeLimit?: number | undefined;
}

const MINUTE = 60_000;

/**
 * The evaluator of Nickel files. It compiles its module once, and evaluates in a worker thread: the event loop goes on
 * meanwhile, an endless program can be stopped, and a thread's stack can be as deep as such programs need it.
 */
export function createNickel({ module, importPaths, timeLimit = MINUTE }: NickelOptions): Evaluator {
  const bench = createBench({ timeLimit });
  let compiled: Promise<WebAssembly.Module> | undefined;
  return {
    evaluate: async (file) => {
      const trouble = await inspectSource(file);
      if (trouble) return err([trouble]);
      compiled ??= compile(module);
      const world = sandbox([file, ...importPaths]);
      const ending = await bench.run({ module: compiled, preopens: world.preopens, args: world.paths });
      if (ending.kind === 'value') return ok(JSON.parse(ending.text) as unknown);
      return err(explain(ending, { file, importPaths, host: world.host }));
    },
  };
}

const compile = async (read: NickelOptions['module']): Promise<WebAssembly.Module> => compileQuickly(await read());
