import { z } from 'zod';
import { runDocument } from './documents.ts';
import { RUN_STATUSES, TASK_STATUSES } from '../domain/statuses.ts';
import { definition } from './responses.ts';

const taskStatus = z.enum(TASK_STATUSES);

/** `workflow graph --json`: of a file, or of a run with what became of its tasks. */
export const graphDocument = z.object({
  name: z.string(),
  /** `null`: of a file. */
  workflow_id: z.string().nullable(),
  /** In an order in which they could be executed one after the other. */
  nodes: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      /** From 1: what could run together. */
      wave: z.int(),
      status: taskStatus.nullable(),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string(), kind: z.string(), on: z.string() })),
});

const time = z.iso.datetime({ precision: 3 });

/** One try of a task, or the time in which it waits for the next one. */
const attempt = z.object({
  attempt: z.int(),
  status: taskStatus,
  started_at: time,
  /** `null`: it runs. */
  finished_at: time.nullable(),
});

/** `workflow show --json`. */
export const shownRun = z.object({
  run: runDocument,
  definition,
  timeline: z.array(z.object({ id: z.string(), attempts: z.array(attempt) })),
  /** Operations whose times, one after the other, make up the run's: the first one first. */
  critical_path: z.array(z.string()),
});

const pair = <S extends z.ZodType>(schema: S) => z.tuple([schema, schema]);

/** `workflow diff --json`: of each pair the first is of the first run. `null`: the run has no such task. */
export const runDiff = z.object({
  differs: z.boolean(),
  runs: pair(
    z.object({
      workflow_id: z.string(),
      name: z.string(),
      status: z.enum(RUN_STATUSES),
      duration_ms: z.number().nullable(),
    }),
  ),
  /** A sentence for each. */
  definition: z.array(z.string()),
  tasks: z.array(
    z.object({ id: z.string(), status: pair(taskStatus.nullable()), duration_ms: pair(z.number().nullable()) }),
  ),
});

export type GraphDocument = z.infer<typeof graphDocument>;
export type ShownRun = z.infer<typeof shownRun>;
export type RunDiff = z.infer<typeof runDiff>;
