import { write, writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import type { LiveScreen } from '../dispatch/terminal.ts';
import { erase, redraw } from '../presentation/live/frame.ts';
import type { Size } from '../presentation/live/frame.ts';
import type { Line } from '../presentation/live/line.ts';

/** Faster than this nobody reads. */
const FRAME_MS = 80;
/** A terminal that is set not to block and takes nothing just now. */
const AGAIN_MS = 20;

export interface NotedScreen extends LiveScreen {
  /** Text above the picture, which stays. */
  note(text: string): void;
}

/**
 * A picture on a terminal. Node writes to terminals in the loop's own thread: one that stopped reading (Ctrl-S, a slow
 * connection) would stop the engine of a direct run. So pictures are written by the thread pool, one at a time.
 */
export function createLiveScreen(stream: WriteStream, fd: number): NotedScreen {
  const screen = new Screen(stream, fd);
  return {
    show: (paint) => {
      screen.paint = paint;
      screen.schedule();
    },
    note: (text) => {
      screen.notes += text;
      screen.schedule();
    },
    end: () => screen.end(),
  };
}

class Screen {
  paint: (size: Size) => readonly Line[] = () => [];
  notes = '';
  readonly #stream: WriteStream;
  readonly #fd: number;
  #drawn: readonly Line[] = [];
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = -Infinity;
  #hasEnded = false;

  constructor(stream: WriteStream, fd: number) {
    this.#stream = stream;
    this.#fd = fd;
    stream.on('resize', this.#resized);
    process.on('SIGCONT', this.#continued);
    process.on('exit', this.#restore);
  }

  schedule(): void {
    if (this.#hasEnded || this.#writing !== undefined) return;
    const wait = this.#drawnAt + FRAME_MS - performance.now();
    this.#timer ??= setTimeout(this.#draw, Math.max(0, wait));
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    await this.#writing;
    if (this.notes !== '') await this.#replace([]);
    await this.#send(erase(this.#drawn, this.#size()));
    this.#stream.off('resize', this.#resized);
    process.off('SIGCONT', this.#continued);
    process.off('exit', this.#restore);
  }

  readonly #draw = (): void => {
    this.#timer = undefined;
    this.#drawnAt = performance.now();
    const again = { size: this.#size(), notes: this.notes };
    this.#writing = this.#replace(this.paint(again.size)).finally(() => {
      this.#writing = undefined;
      const { columns, rows } = this.#size();
      if (this.notes !== '' || columns !== again.size.columns || rows !== again.size.rows) this.schedule();
    });
  };

  async #replace(next: readonly Line[]): Promise<void> {
    const text = redraw(this.#drawn, next, { size: this.#size(), notes: this.notes });
    this.notes = '';
    this.#drawn = next;
    await this.#send(text);
  }

  /** Resolves when the terminal has all of it, or is gone. */
  async #send(text: string): Promise<void> {
    for (let bytes = Buffer.from(text); bytes.length > 0;) {
      const written = await writeSome(this.#fd, bytes);
      if (written === 'gone') return;
      bytes = bytes.subarray(written);
    }
  }

  readonly #size = (): Size => ({ columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 });

  readonly #resized = (): void => {
    this.schedule();
  };

  /** A shell has written below it meanwhile: what stands there is not ours any more. */
  readonly #continued = (): void => {
    this.#drawn = [];
    this.schedule();
  };

  /** The process ends by a bug, in the middle. A terminal that is busy stays as it is. */
  readonly #restore = (): void => {
    if (this.#writing !== undefined) return;
    try {
      writeSync(this.#fd, erase(this.#drawn, this.#size()));
    } catch {
      // It is gone, and needs nothing.
    }
  };
}

function writeSome(fd: number, bytes: Buffer): Promise<number | 'gone'> {
  return new Promise((resolve) => {
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === 'EAGAIN') setTimeout(resolve, AGAIN_MS, 0);
      else resolve('gone');
    });
  });
}
