/** Of the paths: `/v1/health` is the same as `/health`. */
export const API_VERSION = 'v1';

/** What both sides have to agree on, beyond paths. A program speaks every number from `min` to `max`. */
export interface ProtocolRange {
  readonly min: number;
  readonly max: number;
}

/** Grows when an older client or orchestrator would misunderstand a message; new optional fields need no new number. */
export const PROTOCOL: ProtocolRange = { min: 1, max: 1 };

export const speakTogether = (one: ProtocolRange, other: ProtocolRange): boolean =>
  one.min <= other.max && other.min <= one.max;
