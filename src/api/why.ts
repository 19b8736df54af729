import { z } from 'zod';
import { RUN_STATUSES, TASK_STATUSES } from '../domain/statuses.ts';
import { rollbackParts } from './documents.ts';

const time = z.iso.datetime({ precision: 3 });

/** What can keep a task from ending well, or has done so. */
const BLOCKER_KINDS = [
  'dependency',
  'running',
  'disk',
  'slot',
  'parallel_limit',
  'pool',
  'rate',
  'resource',
  'mutex',
  'child',
  'retry',
  'ready',
  'queued',
  'paused',
  'cancelling',
  'unattended',
  'unknown',
  'failed',
  'skipped',
  'cancelled',
  'ended',
] as const;

/** One link of the chain. `status` is the word of whatever is in the way: a task, or a run where `task` is missing. */
const blocker = z.object({
  kind: z.enum(BLOCKER_KINDS),
  status: z.enum([...new Set([...TASK_STATUSES, ...RUN_STATUSES])]),
  /** The operation's id of the task that it holds up; missing where it holds up the run. */
  blocks: z.string().optional(),
  /** The run that it belongs to: mostly the run that was asked about. */
  workflow_id: z.string(),
  task: z.string().optional(),
  /** Of a resource (`infra/kind/name`), a mutex or a pool; the folder whose disk is full. */
  name: z.string().optional(),
  since: time.optional(),
  /** Of who holds it: the process of that task. */
  pid: z.int().optional(),
  until: time.optional(),
  limit: z.number().optional(),
  /** Of a limit that is reached: those who have had their places for longest. */
  holders: z
    .array(z.object({ workflow_id: z.string(), task: z.string(), since: time.optional(), pid: z.int().optional() }))
    .optional(),
  /** False: who holds it is gone. */
  attended: z.boolean().optional(),
  message: z.string().optional(),
  /** Of a paused run: the variables that `workflow resume --env` has to hand over. */
  wants: z.array(z.string()).readonly().optional(),
});

export const whyDocument = z.object({
  workflow_id: z.string(),
  name: z.string(),
  /** `null`: the whole run was asked about. */
  task: z.string().nullable(),
  /** Of the task, or of the run. */
  status: blocker.shape.status,
  attended: z.boolean(),
  ...rollbackParts,
  /** From what was asked about down to its roots; empty for what has completed. */
  blockers: z.array(blocker),
  /** There are more links than are listed. */
  truncated: z.boolean(),
});

export type Blocker = z.infer<typeof blocker>;
export type WhyDocument = z.infer<typeof whyDocument>;
