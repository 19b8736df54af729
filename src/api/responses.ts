import { z } from 'zod';
import { errorEntry, resourceDocument, rollbackParts, runDocument, runSummary, taskDocument } from './documents.ts';
import { RUN_STATUSES } from '../domain/statuses.ts';

export const accepted = z.object({ workflow_id: z.string(), status: z.literal('queued') });
/** The run's status after what was asked of it: the same or on its way. */
export const steered = z.object({
  workflow_id: z.string(),
  status: z.enum(RUN_STATUSES),
  /** True: it stood so before, and nothing was done. Missing: something was. */
  already: z.literal(true).optional(),
});
/** What a rollback does, would do, or has done. */
export const rollback = z.object({
  /** The run that takes back, or did; `null` where there is none: only planned, or nothing to take back. */
  workflow_id: z.string().nullable(),
  /** How that run stands. */
  rollback: rollbackParts.rollback,
  rollback_of: z.string(),
  operations: z.array(z.object({ id: z.string(), type: z.string(), dependencies: z.array(z.string()) })),
  /** What completed and cannot be taken back. */
  irreversible: z.array(z.string()),
  /** What completed and has no compensation. */
  uncompensated: z.array(z.string()),
  /** What changed something that was there before the run: only what is new of it is taken back. */
  altered: z.array(z.string()),
});
/** A workflow as it is stored with its run; operations have more fields than those named here. */
export const definition = z.looseObject({
  name: z.string(),
  infra: z.string(),
  rollback_enabled: z.boolean(),
  operations: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      params: z.record(z.string(), z.unknown()),
      dependencies: z.array(z.union([z.string(), z.object({ id: z.string(), kind: z.string(), on: z.string() })])),
    }),
  ),
});
export const taskInRun = z.object({ workflow_id: z.string(), task: taskDocument });
export const runs = z.array(runSummary);
export const run = runDocument;
export const tasks = z.array(taskInRun);
export const resources = z.array(resourceDocument);

/**
 * A piece of a task's output; `next` is where the following one begins. `truncated`: a stretch of the whole was left
 * out, and the text says so where it was; offsets count it.
 */
export const outputPiece = z.object({ text: z.string(), next: z.int(), total: z.int(), truncated: z.boolean() });
export const recorded = z.object({ task_id: z.string(), status: z.literal('running') });
/** The child run has ended, or the task has. */
export const waited = z.object({ task_id: z.string(), workflow_id: z.string(), status: runSummary.shape.status });
/** Keys that hold with other values from now on. */
export const reloaded = z.object({ reloaded: z.array(z.string()) });
export const stopped = z.object({ status: z.literal('stopped') });

const protocol = z.object({ min: z.int(), max: z.int() });

/**
 * `ready`: takes work. `degraded`: takes and starts nothing until there is room on the disk, and lets end what runs.
 * `draining`: finishes what it holds and leaves.
 */
export const phase = z.enum(['ready', 'degraded', 'draining']);

/** Answered without a token and without touching the store: no paths, no names of runs. */
export const health = z.object({
  status: z.literal('healthy'),
  instance_id: z.string(),
  pid: z.int(),
  version: z.string(),
  build_id: z.string(),
  protocol,
  phase,
  started_at: z.string(),
  uptime_seconds: z.number(),
  queued: z.int(),
  running_tasks: z.int(),
  open_runs: z.int(),
  rss_bytes: z.int(),
  /** Its settings, by key; see `effective.ts`. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  /** Of `settings`. */
  config_hash: z.string().optional(),
  /** Started by hand or by a service, whose matter its end is. */
  foreground: z.boolean().optional(),
  /** What does not work although it serves: a taken port. Sentences for people. */
  troubles: z.array(z.string()),
});

/** `orchestrator status --json`. */
export const status = z.object({
  running: z.boolean(),
  pid: z.int().nullable(),
  instance_id: z.string().nullable(),
  version: z.string().nullable(),
  protocol: protocol.nullable(),
  socket: z.string().nullable(),
  endpoint: z.string().nullable(),
  phase: phase.nullable(),
  uptime_seconds: z.number().nullable(),
  queued: z.int().nullable(),
  running_tasks: z.int().nullable(),
  rss_bytes: z.int().nullable(),
  /** Keys whose new value holds after a restart. */
  pending_restart: z.array(z.string()),
  troubles: z.array(z.string()),
});

/** `Problem` of `problems.ts`, for the published description. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  ...errorEntry.omit({ message: true }).shape,
  retryable: z.boolean(),
  errors: z.array(errorEntry).optional(),
});

export type Accepted = z.infer<typeof accepted>;
export type RollbackDocument = z.infer<typeof rollback>;
export type Steered = z.infer<typeof steered>;
export type OutputPiece = z.infer<typeof outputPiece>;
export type Health = z.infer<typeof health>;
export type StatusDocument = z.infer<typeof status>;
export type Phase = z.infer<typeof phase>;
