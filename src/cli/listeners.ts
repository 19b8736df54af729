import type { Foreground } from '../dispatch/services.ts';

interface Listeners extends Pick<Foreground, 'onChange' | 'fatal'> {
  readonly emit: (workflowId: string) => void;
  readonly fail: (error: unknown) => void;
}

/** What the engine says, for those who listen. */
export function createListeners(): Listeners {
  const listeners = new Set<(workflowId: string) => void>();
  const { promise: fatal, reject } = Promise.withResolvers<never>();
  fatal.catch(() => undefined);
  return {
    fatal,
    fail: (error: unknown): void => {
      reject(error instanceof Error ? error : new Error(String(error)));
    },
    emit: (workflowId: string): void => {
      for (const listener of listeners) listener(workflowId);
    },
    onChange: (listener: (workflowId: string) => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
