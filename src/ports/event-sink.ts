import type { Recorded } from '../domain/event.ts';

/** Is told what happened to a run, after it has become durable. Must not throw and must not block. */
export interface EventSink {
  emit(workflowId: string, events: readonly Recorded[]): void;
}
