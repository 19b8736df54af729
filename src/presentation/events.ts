import type { EventDocument } from '../api/documents.ts';

/** Grows when a record changes in a way that a reader has to know of. */
const SCHEMA = 'provisioning.events/1';

/** A run's log as records: the first one says what the others are. */
export const eventRecords = (workflowId: string, events: readonly EventDocument[]): readonly unknown[] => [
  { schema: SCHEMA, workflow_id: workflowId },
  ...events,
];
