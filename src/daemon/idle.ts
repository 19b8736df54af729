import type { Life } from './life.ts';

export interface IdleOptions {
  readonly life: Life;
  /** Asked again each time: it may change. */
  readonly timeoutMs: () => number;
  /** Whether runs are queued, running or waiting for a time. */
  readonly hasWork: () => boolean;
  /** It has grown so much that it should leave as soon as it is idle. */
  readonly isTooBig: () => boolean;
  /** Closes the door for a moment: `false`, with the door open again, if somebody stood in it. */
  readonly shutDoor: () => Promise<boolean>;
}

export interface IdleWatch {
  /** The timeout has changed. */
  look(): void;
  stop(): void;
}

/** Leaves when nobody has asked, watched or worked for the whole time. */
export function leaveWhenIdle(options: IdleOptions): IdleWatch {
  const { life, timeoutMs } = options;
  let timer: NodeJS.Timeout | undefined;
  const arm = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
  };
  const isQuiet = (): boolean =>
    life.busy === 0 && !options.hasWork() && (life.quietMs >= timeoutMs() || options.isTooBig());
  const look = async (): Promise<void> => {
    if (life.phase !== 'ready') return;
    if (!isQuiet()) arm(Math.max(timeoutMs() - life.quietMs, Math.min(timeoutMs(), 1000)));
    else if (await options.shutDoor()) life.leave(life.quietMs >= timeoutMs() ? 'idle' : 'memory');
    else arm(timeoutMs());
  };
  arm(timeoutMs());
  return {
    look: () => void look(),
    stop: () => {
      clearTimeout(timer);
    },
  };
}
