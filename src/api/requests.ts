import { z } from 'zod';
import { PRIORITIES } from '../domain/priority.ts';
import type { Failure } from '../domain/failure.ts';
import { failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

const data = z.record(z.string(), z.unknown());

const pool = z.strictObject({
  limit: z.int().min(1),
  rate_per_second: z.number().positive().nullable(),
  burst: z.int().min(1),
});

/** What our own client sends: a definition and what of its surroundings holds for the run. */
export const envelope = z.strictObject({
  /** The definition, with or without `batch_workflow` or `workflow` around it. */
  workflow: data,
  /** Absolute path of a folder of the orchestrator's machine; accepted on its socket only. */
  workspace: z.string().optional(),
  /** What the run's tasks see. */
  environment: z.record(z.string(), z.string()).optional(),
  /** The file that the definition was read from: a retry looks at it again. */
  source: z
    .strictObject({ file: z.string(), infra: z.string().optional(), priority: z.enum(PRIORITIES).optional() })
    .optional(),
  /** Values of the variables that its credentials name: held in memory, never stored. */
  credentials: z.record(z.string(), z.string()).optional(),
  /** `task_id` of the running task that submits it; whoever comes with a task's own token need not say it. */
  parent: z.string().optional(),
  settings: z
    .strictObject({
      task_timeout_seconds: z.number().min(0).optional(),
      env_vars: z.record(z.string(), z.string()).optional(),
      pools: z.record(z.string(), pool).optional(),
    })
    .optional(),
});

/** A definition as it stands in a file: `{batch_workflow: …}` or the bare record. */
export const definition = data;

export const submitBody = z.union([envelope, definition]);

/** Create or delete what an infra or `params` names. */
export const commandBody = z.strictObject({
  infra: z.string(),
  params: data.default({}),
  /** Said again by older callers; must be what the path says. */
  type: z.string().optional(),
  /** Absolute path; its infra file is read by the orchestrator. Accepted on the socket only. */
  workspace: z.string().optional(),
});

export const cancelBody = z.strictObject({ reason: z.string().max(1000).optional() });
export const pauseBody = cancelBody;
/** Values of variables that the run's credentials name, where nobody has them any more. */
export const resumeBody = z.strictObject({ credentials: z.record(z.string(), z.string()).optional() });
export const retryBody = z.strictObject({
  /** Operation id: this task and all that depends on it, completed or not. */
  from: z.string().max(100).optional(),
  /** What failed and what was skipped for it, not what was cancelled. */
  only_failed: z.boolean().optional(),
  /** The definition as it is now: refused when it differs from the run's, unless `accept_changes`. */
  workflow: data.optional(),
  /** Pools that the definition as it is now may name, besides those that the run has. */
  pools: z.record(z.string(), pool).optional(),
  accept_changes: z.boolean().optional(),
});
export const rollbackBody = z.strictObject({
  /** Only say what would be done. */
  plan: z.boolean().default(false),
  /** What cannot be taken back may stay. */
  consent: z.boolean().default(false),
});
/** What a person says of a task whose outcome nobody knows. */
export const resolveBody = z.strictObject({
  as: z.enum(['completed', 'failed', 'retry']),
  message: z.string().max(1000).optional(),
  result: data.optional(),
});
/** At most one of them: nobody cancels everything and waits for it to end by itself. */
export const stopBody = z.strictObject({
  /** Cancel all runs first. */
  now: z.boolean().default(false),
  /** Only if it has no work and nobody is watching; otherwise it stays, and says so. */
  if_idle: z.boolean().default(false),
  /** Take no more work from now on, and leave when what there is has ended. */
  drain: z.boolean().default(false),
});

export const progressBody = z.strictObject({
  /** Per cent. */
  progress: z.number().min(0).max(100).nullish(),
  /** `in_progress` and `running` mean the same and are no news; another text becomes the task's message. */
  status: z.string().max(1000).nullish(),
});

const json = z.union([data, z.array(z.unknown()), z.string(), z.number(), z.boolean(), z.null()]);

/** What the next attempt of the task finds in its request. */
export const checkpointBody = z.strictObject({ checkpoint: json });

/** The run that the task submitted and waits for. */
export const waitBody = z.strictObject({ workflow_id: z.string().min(1).max(100) });

export type Envelope = z.infer<typeof envelope>;
export type CommandBody = z.infer<typeof commandBody>;
export type CancelBody = z.infer<typeof cancelBody>;
export type ResumeBody = z.infer<typeof resumeBody>;
export type RetryBody = z.infer<typeof retryBody>;
export type RollbackBody = z.input<typeof rollbackBody>;
export type ResolveBody = z.infer<typeof resolveBody>;
export type StopBody = z.infer<typeof stopBody>;

/** A definition in a file has either `workflow` alone at its top or no `workflow` at all, so the key decides. */
export function readSubmission(body: unknown): Result<Envelope, readonly Failure[]> {
  if (!isRecord(body)) return err([noObject()]);
  if (!Object.hasOwn(body, 'workflow')) return ok({ workflow: body });
  const parsed = envelope.safeParse(body);
  return parsed.success ? ok(parsed.data) : err(failuresOf(parsed.error));
}

/** One failure for each thing that is wrong with a message. */
export const failuresOf = (error: z.ZodError, code: 'usage' | 'internal' = 'usage'): readonly Failure[] =>
  error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    if (path !== '') return failure(code, issue.message, { place: { file: 'request', path } });
    const isNoObject = code === 'usage' && (issue.code === 'invalid_union' || issue.code === 'invalid_type');
    return isNoObject ? noObject() : failure(code, issue.message);
  });

/** Every body is one. */
const noObject = (): Failure =>
  failure('usage', 'the body must be a JSON object: { … }', {
    place: { file: 'request' },
    hint: 'Its fields stand in /openapi.json, path by path.',
  });
