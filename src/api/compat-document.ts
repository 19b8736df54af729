import { z } from 'zod';
import { COMPONENTS } from '../domain/component.ts';

const part = z.object({
  component: z.enum(COMPONENTS),
  /** `null`: it does not say. */
  version: z.string().nullable(),
  /** `program`: this one, and what it carries. */
  origin: z.enum(['program', 'external', 'remote']),
  /** A folder, or the orchestrator's host. `null` for what this program carries. */
  where: z.string().nullable(),
});

const place = z.object({ file: z.string(), line: z.int(), column: z.int() });

const check = z.object({
  one: part,
  other: part,
  /** `unlisted`: no rule speaks of these two. `unknown`: one of them does not say its version. Both are used. */
  status: z.enum(['fits', 'incompatible', 'unknown', 'unlisted']),
  /** Rules that are not met, each as it is written. Only the protocol, which is in no file, has no place. */
  broken: z.array(z.object({ of: z.enum(COMPONENTS), rule: z.string(), place: place.nullable() })),
  remedy: z.string().nullable(),
});

/** `compat check`. */
export const compatibility = z.object({
  compatible: z.boolean(),
  /** `null`: the one that this program carries. */
  versions_file: z.string().nullable(),
  checks: z.array(check),
});

export type PartDocument = z.infer<typeof part>;
export type CheckDocument = z.infer<typeof check>;
export type CompatibilityDocument = z.infer<typeof compatibility>;
