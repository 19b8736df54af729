/** Of the paths: `/v1/health` is the same as `/health`. */
export const API_VERSION = 'v1';

/** What both sides have to agree on, beyond paths. A program speaks every number from `min` to `max`. */
export interface ProtocolRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Grows when an older client or orchestrator would misunderstand a message; new optional fields need no new number.
 * `/health` and `/orchestrator/stop` are the same in all of them: by these, strangers part in peace.
 */
export const PROTOCOL: ProtocolRange = { min: 1, max: 1 };

export const speakTogether = (one: ProtocolRange, other: ProtocolRange): boolean =>
  one.min <= other.max && other.min <= one.max;

/** Versions read `1.2.3` or, before that one, `1.2.3-rc.1`. What is no version is not newer than anything. */
export function isNewer(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  if (a === undefined || b === undefined) return false;
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  if (a.before === b.before || b.before === undefined) return false;
  return a.before === undefined || a.before.localeCompare(b.before, 'en', { numeric: true }) > 0;
}

function partsOf(version: string): { numbers: readonly number[]; before: string | undefined } | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(version);
  if (found === null) return undefined;
  return { numbers: found.slice(1, 4).map(Number), before: found[4] };
}
