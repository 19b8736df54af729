/** The newest attempt of a task that left a folder, whatever the store says of it. */
export interface FoundAttempt {
  readonly taskId: string;
  /** Counts from 1. */
  readonly number: number;
  readonly fence: string;
  /** The run, as far as the attempt's request still says it. */
  readonly workflowId: string | undefined;
}
