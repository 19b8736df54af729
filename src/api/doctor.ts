/** What `orchestrator doctor` found. `fault`: something does not work or is not safe. `notice`: it may surprise. */
export interface FindingDocument {
  /** Stable; a word or two. */
  readonly code: string;
  readonly severity: 'fault' | 'notice';
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** `--fix` does it by itself. */
  readonly fixable: boolean;
  /** `--fix` did it. */
  readonly fixed: boolean;
}

/** `orchestrator doctor --json`. `healthy`: no fault is left. */
export interface DoctorDocument {
  readonly healthy: boolean;
  readonly findings: readonly FindingDocument[];
}
