/** Something that operations of many runs share and that bears only so much: an account, a licence, a small machine. */
export interface Pool {
  /** How many tasks may be in it at once. */
  readonly limit: number;
  /** How many tasks may enter it per second, in the long run; `null`: as many as the limit allows. */
  readonly rate_per_second: number | null;
  /** How many may enter at once after a pause, when there is a rate. */
  readonly burst: number;
}

export type Pools = Readonly<Record<string, Pool>>;
