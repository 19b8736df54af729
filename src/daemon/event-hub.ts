import type { EventSink } from '../ports/event-sink.ts';

/** Wakes whoever waits for news of a run; the news itself is read from the store, so that no reader is buffered for. */
export interface EventHub extends EventSink {
  /** Calls `wake` after each event of this run, until the returned function is called. */
  subscribe(workflowId: string, wake: () => void): () => void;
}

/** `onAny`: called at each event of whatever run. */
export function createEventHub(onAny: () => void): EventHub {
  const listeners = new Map<string, Set<() => void>>();
  return {
    emit(workflowId) {
      onAny();
      for (const wake of listeners.get(workflowId) ?? []) wake();
    },
    subscribe(workflowId, wake) {
      const set = listeners.get(workflowId) ?? new Set();
      listeners.set(workflowId, set.add(wake));
      return () => {
        set.delete(wake);
        if (set.size === 0) listeners.delete(workflowId);
      };
    },
  };
}
