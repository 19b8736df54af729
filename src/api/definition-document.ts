import { z } from 'zod';
import { PRIORITIES } from '../domain/priority.ts';
import { BACKOFFS } from '../domain/retry.ts';
import { DEPENDENCY_CONDITIONS, DEPENDENCY_KINDS, ON_FAILURE } from '../domain/workflow.ts';

/** A definition as it is printed: with the keys of the documents, every default filled in. */

const data = z.record(z.string(), z.unknown());
const texts = z.array(z.string());

const place = z.object({
  file: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
  path: z.string().optional(),
});

const dependency = z.object({
  id: z.string(),
  kind: z.enum(DEPENDENCY_KINDS),
  on: z.enum(DEPENDENCY_CONDITIONS),
});

export const operation = z.object({
  id: z.string(),
  type: z.string(),
  provider: z.string().optional(),
  params: data,
  dependencies: z.array(z.union([z.string(), dependency])),
  timeout: z.number().optional(),
  priority: z.enum(PRIORITIES),
  retry: z.object({
    attempts: z.int(),
    backoff: z.enum(BACKOFFS),
    initial_delay: z.number(),
    max_delay: z.number(),
    jitter: z.number().optional(),
    on_exit_codes: z.array(z.int()).optional(),
    on: texts.optional(),
  }),
  idempotent: z.boolean().optional(),
  probe: z.union([z.object({ argv: texts }), z.object({ module: z.string(), function: z.string() })]).optional(),
  compensate: z.object({ type: z.string(), params: data }).optional(),
  irreversible: z.boolean().optional(),
  on_failure: z.enum(ON_FAILURE).optional(),
  pool: z.string().optional(),
  mutex: texts.optional(),
  credentials: z.record(z.string(), z.string()).optional(),
  waves: z.array(z.union([z.int(), z.string()])).optional(),
  max_fail_percent: z.number().optional(),
});

/** `workflow validate`: the definition as it would be executed, with every default. */
export const validWorkflow = z.object({
  valid: z.literal(true),
  workflow: z.object({
    name: z.string(),
    version: z.string().optional(),
    description: z.string().optional(),
    infra: z.string(),
    parallel_limit: z.number().optional(),
    timeout: z.number().optional(),
    queue_timeout: z.number().optional(),
    rollback_enabled: z.boolean(),
    operations: z.array(operation),
  }),
  warnings: z.array(z.object({ message: z.string(), place })),
});
