/** Why a run starts nothing until somebody says so. */
export interface Pause {
  readonly reason: string;
  /** Variables that credentials name and nobody has any more: who resumes the run hands them over. */
  readonly wants?: readonly string[] | undefined;
}
