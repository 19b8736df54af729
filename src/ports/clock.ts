/** Wall-clock time in milliseconds since 1970, and timers. */
export interface Clock {
  now(): number;
  /** Calls `wake` once, not before `at`; a new call replaces the old one, `null` cancels it. */
  alarm(at: number | null, wake: () => void): void;
}
