import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { thread } from './thread.ts';
import type { Order, Reply } from './thread.ts';

/** How an evaluation ended. */
export type Ending =
  /** The exported value, as JSON. */
  | { readonly kind: 'value'; readonly text: string }
  /** Nickel found errors: its diagnostics as JSON, then its report. */
  | { readonly kind: 'errors'; readonly text: string }
  | { readonly kind: 'crashed'; readonly words: string }
  | { readonly kind: 'exhausted'; readonly what: 'memory' | 'stack' }
  | { readonly kind: 'late'; readonly seconds: number };

export interface Bench {
  /** Resolves when the evaluation has ended, in whatever way. */
  run(order: Omit<Order, 'module'> & { readonly module: Promise<WebAssembly.Module> }): Promise<Ending>;
}

/** In mebibytes: enough to reach the end of the stack inside the module (build.sh) first. Only pages in use cost memory. */
const STACK = 64;
/** How long an idle thread is kept for the next evaluation, in milliseconds. It keeps no process alive. */
const IDLE = 5_000;

/** Worker threads that evaluate: one at a time each, as many as there are evaluations at once; one is kept when idle. */
export function createBench({ timeLimit }: { readonly timeLimit: number }): Bench {
  let idle: Worker | undefined;

  function take(): Worker {
    const worker = idle ?? hire();
    idle = undefined;
    worker.ref();
    return worker;
  }

  function giveBack(worker: Worker): void {
    if (idle) return dismiss(worker);
    idle = worker;
    worker.unref();
    setTimeout(() => {
      if (idle !== worker) return;
      idle = undefined;
      dismiss(worker);
    }, IDLE).unref();
  }

  return {
    run: async ({ module, ...order }) => {
      const worker = take(); // starts while the module is still being compiled
      let reusable = false;
      try {
        const reply = await ask(worker, { order: { ...order, module: await module }, timeLimit });
        reusable = reply !== 'late' && reply.trap === undefined;
        return reply === 'late' ? { kind: 'late', seconds: timeLimit / 1000 } : endingOf(reply);
      } finally {
        if (reusable) giveBack(worker);
        else dismiss(worker);
      }
    },
  };
}

function hire(): Worker {
  return new Worker(`(${thread.toString()})()`, {
    eval: true,
    name: 'nickel',
    // The one warning that this thread could print says that node:wasi is experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {},
    resourceLimits: { stackSizeMb: STACK },
  });
}

const dismiss = (worker: Worker): void => void worker.terminate();

async function ask(worker: Worker, { order, timeLimit }: { order: Order; timeLimit: number }): Promise<Reply | 'late'> {
  worker.postMessage(order, []);
  const deadline = AbortSignal.timeout(timeLimit);
  try {
    const [reply] = (await once(worker, 'message', { signal: deadline })) as [Reply];
    return reply;
  } catch (error) {
    if (deadline.aborted) return 'late';
    throw new Error('Internal error: the thread that evaluates Nickel has failed', { cause: error });
  }
}

function endingOf({ exit, trap, output }: Reply): Ending {
  const text = new TextDecoder().decode(output);
  if (exit === 0) return { kind: 'value', text };
  if (exit !== undefined) return { kind: 'errors', text };
  if (text !== '') return { kind: 'crashed', words: text };
  // A panic leaves its words. What aborts without any is the allocator, at the limit that build.sh sets.
  return { kind: 'exhausted', what: trap === 'RuntimeError: unreachable' ? 'memory' : 'stack' };
}
