import type { Life } from './life.ts';

export interface IdleOptions {
  readonly life: Life;
  readonly timeoutMs: number;
  /** Whether runs are queued, running or waiting for a time. */
  readonly hasWork: () => boolean;
  /** Closes the door for a moment: `false`, with the door open again, if somebody stood in it. */
  readonly shutDoor: () => Promise<boolean>;
}

/** Leaves when nobody has asked, watched or worked for the whole time. Returns how to give that up. */
export function leaveWhenIdle(options: IdleOptions): () => void {
  const { life, timeoutMs } = options;
  let timer: NodeJS.Timeout;
  const arm = (ms: number): void => {
    timer = setTimeout(() => void look(), ms);
  };
  const isQuiet = (): boolean => life.busy === 0 && !options.hasWork() && life.quietMs >= timeoutMs;
  const look = async (): Promise<void> => {
    if (life.phase !== 'ready') return;
    if (!isQuiet()) arm(Math.max(timeoutMs - life.quietMs, Math.min(timeoutMs, 1000)));
    else if (await options.shutDoor()) life.leave('idle');
    else arm(timeoutMs);
  };
  arm(timeoutMs);
  return () => {
    clearTimeout(timer);
  };
}
