import { z } from 'zod';

/** What `orchestrator doctor` found. `fault`: something does not work or is not safe. `notice`: it may surprise. */
const finding = z.object({
  /** Stable; a word or two. */
  code: z.string(),
  severity: z.enum(['fault', 'notice']),
  message: z.string(),
  /** What to do about it. */
  fix: z.string(),
  /** `--fix` does it by itself. */
  fixable: z.boolean(),
  /** `--fix` did it. */
  fixed: z.boolean(),
});

/** `orchestrator doctor --json`. `healthy`: no fault is left. */
export const doctorDocument = z.object({ healthy: z.boolean(), findings: z.array(finding) });

export type FindingDocument = Readonly<z.infer<typeof finding>>;
export interface DoctorDocument {
  readonly healthy: boolean;
  readonly findings: readonly FindingDocument[];
}
