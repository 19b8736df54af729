/**
 * Moments between two steps of which the first is durable and the second is not yet: where crashes hurt.
 * A test arms one of them from outside, and the process ends there as by `kill -9`.
 *
 * `accepted`: the run is in the store, nobody was told. `claimed`: the claim is, nothing was started. `pre-spawn`: the
 * attempt's folder and request.json are there. `post-spawn`: its process is. `exit-seen`: its end was read, and is not
 * in the store. `settled`: it is. `taken-over`: a dead engine's run is ours, its tasks have not been looked at.
 */
export const FAILPOINTS = [
  'accepted',
  'claimed',
  'pre-spawn',
  'post-spawn',
  'exit-seen',
  'settled',
  'taken-over',
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

/** `PROVISIONING_FAILPOINT=NAME[:PASSAGE]`: dies when it passes there so many times; counts from 1. */
export interface ArmedFailpoint {
  readonly name: FailpointName;
  readonly passage: number;
}

/** Called at the moment of that name. Returns, if it does. */
export type Failpoint = (name: FailpointName) => void;
