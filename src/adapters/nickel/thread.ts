/** One evaluation, as it is sent to the thread. */
export interface Order {
  readonly module: WebAssembly.Module;
  readonly preopens: Readonly<Record<string, string>>;
  /** The file, then the import paths, as paths inside the module. */
  readonly args: readonly string[];
}

/** What the thread answers. `output` is what the module left in its memory, see `crate/src/main.rs`. */
export interface Reply {
  /** The exit code, or undefined if the module was stopped by a trap. */
  readonly exit: number | undefined;
  /** The error of the JavaScript engine, if there was a trap. */
  readonly trap: string | undefined;
  readonly output: Uint8Array;
}

/**
 * The program of the worker thread. It is sent there as text, since a single executable has no file that a worker could
 * be started from: it may use nothing from outside its own braces. Every order gets a new instance with the module's
 * original memory, so nothing of one evaluation is seen by the next.
 */
export function thread(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const { openSync } = process.getBuiltinModule('node:fs');
  const { devNull } = process.getBuiltinModule('node:os');
  const { WASI } = process.getBuiltinModule('node:wasi');
  const nowhere = openNowhere();

  parentPort?.on('message', (order: Order) => {
    const wasi = new WASI({
      version: 'preview1',
      args: ['nickel', ...order.args],
      preopens: { ...order.preopens },
      stdin: nowhere,
      stdout: nowhere,
      stderr: nowhere,
    });
    const instance = new WebAssembly.Instance(order.module, wasi.getImportObject());
    const reply = answer(instance, () => wasi.start(instance));
    parentPort.postMessage(reply, [reply.output.buffer as ArrayBuffer]);
  });

  /** A bare root has no null device. Rust takes a descriptor that is not open for writing as one that swallows. */
  function openNowhere(): number {
    try {
      return openSync(devNull, 'r+');
    } catch {
      return openSync(process.execPath, 'r');
    }
  }

  function answer(instance: WebAssembly.Instance, start: () => number): Reply {
    try {
      const exit = start();
      return { exit, trap: undefined, output: outputOf(instance) };
    } catch (error) {
      return { exit: undefined, trap: String(error), output: outputOf(instance) };
    }
  }

  function outputOf({ exports }: WebAssembly.Instance): Uint8Array {
    const { buffer } = exports['memory'] as WebAssembly.Memory;
    const pointer = (exports['output.pointer'] as () => number)();
    const length = (exports['output.length'] as () => number)();
    return new Uint8Array(buffer, pointer >>> 0, length >>> 0).slice();
  }
}
