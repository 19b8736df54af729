import { z } from 'zod';
import type { Failure } from '../domain/failure.ts';
import { failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

const data = z.record(z.string(), z.unknown());

/** What our own client sends: a definition and what of its surroundings holds for the run. */
export const envelope = z.strictObject({
  /** The definition, with or without `batch_workflow` or `workflow` around it. */
  workflow: data,
  /** Absolute path of a folder of the orchestrator's machine; accepted on its socket only. */
  workspace: z.string().optional(),
  /** What the run's tasks see. */
  environment: z.record(z.string(), z.string()).optional(),
  settings: z
    .strictObject({
      task_timeout_seconds: z.number().min(0).optional(),
      env_vars: z.record(z.string(), z.string()).optional(),
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
export const stopBody = z.strictObject({ now: z.boolean().default(false) });

export const progressBody = z.strictObject({
  /** Per cent. */
  progress: z.number().min(0).max(100).nullish(),
  /** `in_progress` and `running` mean the same and are no news; another text becomes the task's message. */
  status: z.string().max(1000).nullish(),
});

export type Envelope = z.infer<typeof envelope>;
export type CommandBody = z.infer<typeof commandBody>;
export type CancelBody = z.infer<typeof cancelBody>;
export type StopBody = z.infer<typeof stopBody>;
export type ProgressBody = z.infer<typeof progressBody>;

/** A definition in a file has either `workflow` alone at its top or no `workflow` at all, so the key decides. */
export function readSubmission(body: unknown): Result<Envelope, readonly Failure[]> {
  if (!isRecord(body)) return err([failure('usage', 'the body must be a JSON object')]);
  if (!Object.hasOwn(body, 'workflow')) return ok({ workflow: body });
  const parsed = envelope.safeParse(body);
  return parsed.success ? ok(parsed.data) : err(failuresOf(parsed.error));
}

/** One failure for each thing that is wrong with a message. */
export const failuresOf = (error: z.ZodError, code: 'usage' | 'internal' = 'usage'): readonly Failure[] =>
  error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return failure(code, issue.message, path === '' ? {} : { place: { file: 'request', path } });
  });
