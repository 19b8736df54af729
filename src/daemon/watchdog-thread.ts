/** What the thread is told. */
export interface WatchdogOrder {
  /** Two 32-bit cells: the beats of the main thread, and whether to stop. */
  readonly cells: SharedArrayBuffer;
  readonly log: string;
  readonly periodMs: number;
  readonly logAfterMs: number;
  readonly endAfterMs: number;
}

/**
 * The program of the thread, sent there as text: it may use nothing from outside its own braces. It sleeps in the
 * kernel between two looks.
 */
export function thread(): void {
  const { workerData } = process.getBuiltinModule('node:worker_threads');
  const { appendFileSync } = process.getBuiltinModule('node:fs');
  const { Session } = process.getBuiltinModule('node:inspector');
  const { cells, log, periodMs, logAfterMs, endAfterMs } = workerData as WatchdogOrder;
  const state = new Int32Array(cells);
  let seen = -1;
  let since = performance.now();
  let told = false;
  look();

  function look(): void {
    const before = performance.now();
    if (Atomics.wait(state, 1, 0, periodMs) !== 'timed-out') return;
    const now = performance.now();
    const beat = Atomics.load(state, 0);
    // Who was stopped as a whole (SIGSTOP, a debugger) has not heard the main thread, which was stopped too.
    if (beat !== seen || now - before > 3 * periodMs) {
      seen = beat;
      since = now;
      told = false;
    }
    const lag = now - since;
    if (lag > endAfterMs) return end(lag);
    if (lag > logAfterMs && !told) {
      told = true;
      write('blocked', { lag_ms: Math.round(lag) });
    }
    setImmediate(look);
  }

  /** Says where the main thread is, if it can be asked, and ends the process: its tasks live on. */
  function end(lag: number): void {
    const session = new Session();
    const go = (stack: readonly string[]): void => {
      write('ended_blocked', { lag_ms: Math.round(lag), stack });
      process.kill(process.pid, 'SIGKILL');
    };
    setTimeout(go, 2000, []);
    session.connectToMainThread();
    session.on('Debugger.paused', ({ params }) => {
      go(
        params.callFrames.map(({ functionName, url, location }) => `${functionName} ${url}:${location.lineNumber + 1}`),
      );
    });
    session.post('Debugger.enable');
    session.post('Debugger.pause');
  }

  function write(event: string, fields: object): void {
    try {
      appendFileSync(log, `${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`, { mode: 0o600 });
    } catch {
      // A full disk does not save it.
    }
  }
}
