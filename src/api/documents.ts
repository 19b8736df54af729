import { z } from 'zod';
import { RUN_STATUSES, TASK_STATUSES } from '../domain/statuses.ts';
import { PRIORITIES } from '../domain/priority.ts';

/** RFC 3339 UTC with milliseconds. */
const time = z.iso.datetime({ precision: 3 });

const failureDocument = z.object({
  code: z.string(),
  message: z.string(),
  /** What the task itself calls it. */
  reason: z.string().optional(),
  place: z
    .object({ file: z.string(), line: z.int().optional(), column: z.int().optional(), path: z.string().optional() })
    .optional(),
  hint: z.string().optional(),
  report: z.string().optional(),
  /** Of the task's process. */
  exit_code: z.int().optional(),
});

/** `id` is the code for `provisioning explain`: `PRV-0006`. */
export const errorEntry = failureDocument.extend({ id: z.string().regex(/^PRV-\d{4}$/) });

/** What a failed command prints with `--json`: the first failure, and all of them where there are several. */
export const errorDocument = z.object({ error: errorEntry, errors: z.array(errorEntry).optional() });

export const taskDocument = z.object({
  task_id: z.string(),
  id: z.string(),
  type: z.string(),
  status: z.enum(TASK_STATUSES),
  attempts: z.int(),
  started_at: time.nullable(),
  finished_at: time.nullable(),
  /** Per cent. */
  progress: z.number().nullable(),
  message: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  failure: failureDocument.nullable(),
  /** Runs that it submitted and waits for. */
  waits_for: z.array(z.string()).optional(),
});

export const runSummary = z.object({
  workflow_id: z.string(),
  name: z.string(),
  status: z.enum(RUN_STATUSES),
  mode: z.enum(['direct', 'orchestrated']),
  /** Whether an engine lives that takes care of it; a run that has ended needs none and says true. */
  attended: z.boolean(),
  /**
   * Of a run that nobody attends to: when the newest thing on its record happened. Its process went at some time after
   * that; nobody was there to note when.
   */
  last_recorded_at: time.optional(),
  /** Why it starts nothing, and the variables that `workflow resume --env` has to hand over, if that is why. */
  paused: z.object({ reason: z.string(), wants: z.array(z.string()).readonly().optional() }).optional(),
  /** What ended it, where that was none of its tasks: `timed_out`. */
  failure: failureDocument.optional(),
  /** Why it was executed directly although it should have been orchestrated. */
  fallback: z.string().optional(),
  infra: z.string(),
  workspace: z.string(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
});

/** How a run stands that takes another one back, and what of that one it leaves alone. */
const rollbackState = z.object({
  status: z.enum(RUN_STATUSES),
  /** As in a run's document. */
  attended: z.boolean(),
  /** Its tasks that failed, or of which nobody knows how they ended. */
  failures: z.array(z.object({ id: z.string(), status: z.enum(['failed', 'unknown']), message: z.string() })),
  /** Completed operations that cannot be taken back. */
  irreversible: z.array(z.string()),
  /** Completed operations that have no compensation. */
  uncompensated: z.array(z.string()),
  /** Completed operations that changed what was there before the run. */
  altered: z.array(z.string()),
});

/** What a run has to do with rollbacks. */
export const rollbackParts = {
  /** The run that this one takes back. */
  rollback_of: z.string().optional(),
  /** The run that takes this one back, or was to; `rollback` says how it stands. */
  rolled_back_by: z.string().optional(),
  rollback: rollbackState.optional(),
};

/** The run document: of `status --json`, `--wait --json`, direct runs and `GET /workflows/:id`. */
export const runDocument = runSummary.extend({
  /** The file that it was read from, and the flags that came before what it says. */
  source: z
    .object({ file: z.string(), infra: z.string().optional(), priority: z.enum(PRIORITIES).optional() })
    .optional(),
  /** The task that submitted it; `id` is the operation's own. */
  parent: z.object({ workflow_id: z.string(), task_id: z.string(), id: z.string() }).optional(),
  ...rollbackParts,
  tasks: z.array(taskDocument),
});

export const eventDocument = z.object({
  seq: z.int(),
  at: time,
  workflow_id: z.string(),
  type: z.string(),
  /** The operation's id, for events of a task. */
  task: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

export const resourceDocument = z.object({
  kind: z.enum(['server', 'taskserv', 'cluster', 'app']),
  name: z.string(),
  infra: z.string(),
  workspace: z.string(),
  provider: z.string().nullable(),
  status: z.string(),
  definition: z.record(z.string(), z.unknown()),
  facts: z.record(z.string(), z.unknown()),
  /** The run and the task that changed it last, and when; those that found it unchanged do not count. */
  workflow_id: z.string(),
  task_id: z.string(),
  created_at: time,
  updated_at: time,
});

export type FailureDocument = z.infer<typeof failureDocument>;
export type TaskDocument = z.infer<typeof taskDocument>;
export type RunSummary = z.infer<typeof runSummary>;
export type RollbackState = z.infer<typeof rollbackState>;
export type RollbackParts = Pick<RunDocument, keyof typeof rollbackParts>;
export type RunDocument = z.infer<typeof runDocument>;
export type EventDocument = z.infer<typeof eventDocument>;
export type ResourceDocument = z.infer<typeof resourceDocument>;
