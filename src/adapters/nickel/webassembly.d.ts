/** The part of WebAssembly that we use: TypeScript declares it for browsers only, and Node's types leave it out. */
declare namespace WebAssembly {
  /** May be sent to other threads, which share the machine code. */
  class Module {
    constructor(bytes: Uint8Array);
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function validate(bytes: Uint8Array): boolean;
}
