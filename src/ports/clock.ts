/** Wall-clock time in milliseconds since 1970, and timers. */
export interface Clock {
  now(): number;
  /** Milliseconds that this machine has been suspended, counted from some time on: it only grows. */
  suspended(): number;
  /** Calls `wake` once, not before `at`; a new call replaces the old one, `null` cancels it. */
  alarm(at: number | null, wake: () => void): void;
}
