import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { launcherArguments } from './launch-line.ts';

/** A launcher that has nothing to do goes after this. */
const IDLE_MS = 2000;
/** A task that ends within this is a short one; only then, and for as long, launchers are made for the next ones. */
const SHORT_MS = 1000;

/** How an attempt's shim ended. `null`: by a signal, or nobody can say, because its launcher is gone. */
export type Status = number | null;

export interface Launchers {
  /** What a shim is, too. */
  readonly shell: string;
  /** Hands a line to a launcher that has nothing to do; `undefined` where there is none, and none is to be made. */
  launch(line: string): Promise<Status> | undefined;
  /** An attempt that was started without a launcher has ended; it began at `began` (`performance.now()`). */
  ended(began: number): void;
  /** A launcher was no good: what comes next is tried without one. */
  distrust(): void;
}

export interface LauncherOptions {
  readonly shell: string;
  /** From the first attempt on, whatever is known of it. Tests only. */
  readonly always?: boolean | undefined;
  /** Instead of `IDLE_MS` and `SHORT_MS`, for a test that a busy machine must not hurry. */
  readonly idleMs?: number | undefined;
  readonly shortMs?: number | undefined;
}

/**
 * Launchers: each is a small `sh` that keeps another one ready, in a session of its own, which reads one line from us,
 * becomes the shim of an attempt by it, and says how that ended. A fork costs by the size of who forks, and blocks it: this
 * process is a large one; and the next shim is started while we think, not when we want it. Launchers and shims-to-be have
 * an empty environment and no files but the two pipes, so a secret passes by a pipe and is in the environment of its task
 * alone. When we are gone they read the end of their input, or, after a task, find nobody to tell.
 */
export function createLaunchers(options: LauncherOptions): Launchers {
  const { shell, always = false, idleMs = IDLE_MS, shortMs = SHORT_MS } = options;
  const idle: Launcher[] = [];
  let shortUntil = always ? Infinity : -Infinity;
  const start = (): Launcher | undefined => {
    const setsid = setsidProgram();
    if (setsid === undefined || performance.now() > shortUntil) return undefined;
    try {
      const launcher = new Launcher([shell, setsid], idle, idleMs);
      return launcher.isThere ? launcher : undefined;
    } catch {
      // Too few descriptors, say. Whoever starts the attempt without one sees why, if that is impossible too.
      return undefined;
    }
  };
  return {
    shell,
    launch: (line) => (idle.pop() ?? start())?.run(line),
    ended(began) {
      const now = performance.now();
      if (now - began < shortMs) shortUntil = always ? Infinity : now + shortMs;
    },
    distrust() {
      shortUntil = -Infinity;
      while (idle.length > 0) idle.at(-1)?.end();
    },
  };
}

class Launcher {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #idle: Launcher[];
  readonly #idleMs: number;
  #tell: ((status: Status) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #said = '';
  #isGone = false;

  /** Among the `idle` ones whenever it has nothing to do. */
  constructor([shell, setsid]: readonly [string, string], idle: Launcher[], idleMs: number) {
    this.#idle = idle;
    this.#idleMs = idleMs;
    this.#child = spawn(shell, launcherArguments(setsid, shell), {
      cwd: '/',
      env: {},
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child
      .on('error', () => undefined)
      .once('exit', () => {
        this.#isGone = true;
        this.#leave();
      });
    this.#child.once('close', () => this.#tell?.(null));
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.setEncoding('latin1').on('data', (text: string) => this.#heard(text));
  }

  get isThere(): boolean {
    return this.#child.pid !== undefined;
  }

  /** Resolves when the line's process has ended, or this one. */
  run(line: string): Promise<Status> {
    clearTimeout(this.#timer);
    this.#hold(true);
    const { promise, resolve } = Promise.withResolvers<Status>();
    this.#tell = resolve;
    this.#child.stdin.write(line);
    return promise;
  }

  end(): void {
    this.#leave();
    this.#child.stdin.end();
  }

  #heard(text: string): void {
    this.#said += text;
    if (!this.#said.endsWith('\n')) return;
    const status = Number(this.#said);
    this.#said = '';
    this.#hold(false);
    // A shim ends as it would have, and says so, though its launcher was killed.
    if (!this.#isGone) this.#rest();
    this.#tell?.(status);
  }

  #rest(): void {
    this.#idle.push(this);
    this.#timer = setTimeout(() => {
      this.end();
    }, this.#idleMs).unref();
  }

  /** What it is told from now on would not be heard. */
  #leave(): void {
    clearTimeout(this.#timer);
    const at = this.#idle.indexOf(this);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** With a task it keeps this process alive, as the task itself would, and without one it does not. */
  #hold(isBusy: boolean): void {
    const { stdin, stdout } = this.#child;
    for (const one of [this.#child, stdin, stdout].filter((each) => each === this.#child || each instanceof Socket))
      if (isBusy) (one as Socket).ref();
      else (one as Socket).unref();
  }
}

let found: { readonly setsid: string | undefined } | undefined;

/** Of util-linux or busybox. Elsewhere there is none, or one that behaves in another way. */
function setsidProgram(): string | undefined {
  const places = process.platform === 'linux' ? ['/usr/bin/setsid', '/bin/setsid'] : [];
  found ??= { setsid: places.find((file) => existsSync(file)) };
  return found.setsid;
}
