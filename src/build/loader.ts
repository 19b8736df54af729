import { Script } from 'node:vm';

/** Where the bundled chunks are: `packs.ts` puts those that are used together into one script. */
export interface Index {
  /** Chunk → the pack that has it. */
  readonly packOf: Readonly<Record<string, string>>;
}

export interface Packs {
  /** The text of a pack, in ASCII. */
  source(pack: string): string;
  /** What V8 made of it before; without, or where another V8 made it, the text is compiled. */
  compiled(pack: string): Uint8Array | undefined;
  /** Told of each pack, and of each chunk, that is loaded. */
  loaded?(pack: string, script: Script): void;
  ran?(chunk: string): void;
}

interface Module {
  exports: unknown;
}
type Chunk = (exports: unknown, require: (name: string) => unknown, module: Module) => void;

/**
 * `require` for the chunks of a bundle, each of which runs when it is first asked for. One script with everything
 * would be read and turned into functions at each start, whatever the command: that alone took 10 ms.
 */
export function createLoader({ packOf }: Index, packs: Packs): (name: string) => unknown {
  const modules = new Map<string, Module>();
  const open = new Map<string, Readonly<Record<string, Chunk>>>();

  function pack(name: string): Readonly<Record<string, Chunk>> {
    const known = open.get(name);
    if (known !== undefined) return known;
    const cachedData = packs.compiled(name);
    const script = new Script(packs.source(name), { filename: `provisioning:${name}`, cachedData });
    packs.loaded?.(name, script);
    const chunks = script.runInThisContext() as Readonly<Record<string, Chunk>>;
    open.set(name, chunks);
    return chunks;
  }

  return function load(name: string): unknown {
    const loaded = modules.get(name);
    if (loaded !== undefined) return loaded.exports;
    const where = packOf[name];
    if (where === undefined) return builtin(name);
    const module: Module = { exports: {} };
    modules.set(name, module);
    packs.ran?.(name);
    pack(where)[name]?.(module.exports, load, module);
    return module.exports;
  };
}

function builtin(name: string): unknown {
  const found: unknown = process.getBuiltinModule(name);
  // Libraries look for what they can do without, and know its absence by this code.
  if (found === undefined) throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
  return found;
}
