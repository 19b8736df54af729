import { parseRecord, readText, sizeOf } from './files.ts';

export const OUTPUT = 'output.log';
/** What of the output was left out, as JSON. Replaced in one piece. */
export const CUT = 'output.cut';
/** All that is kept, once nobody writes any more; it takes the place of `OUTPUT`. */
export const KEPT = 'output.kept';
/** The newest output before the last cut, where holes cannot be made: `output.part-TO`. */
export const PART = 'output.part-';

/** Bytes `from` up to `to` of all that was printed are gone. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  /** Length of the part, which begins at `to`; what follows it stands in `OUTPUT` at `from`. Without it, a hole was made. */
  readonly part?: number | undefined;
}

/** A stretch of output: where it is in all that was printed, and where in which file. */
export interface Stretch {
  readonly start: number;
  readonly file: string;
  readonly at: number;
  readonly length: number;
}

export interface Layout {
  readonly cut: Cut | undefined;
  /** In order; between two of them is the cut. */
  readonly stretches: readonly Stretch[];
  /** Bytes that were printed until now, left out or not. */
  readonly total: number;
  /** Another text: it was cut again, or packed, since. */
  readonly version: string;
}

/** Where the output of an attempt is. Offsets count what was printed, so a cut moves nothing. */
export function layoutOf(folder: string): Layout {
  const said = readText(`${folder}/${CUT}`);
  const version = versionOf(folder, said);
  const cut = said === undefined ? undefined : parseCut(said);
  const stretches = stretchesOf(folder, cut).filter(({ length }) => length > 0);
  const last = stretches.at(-1);
  return { cut, stretches, total: Math.max(cut?.to ?? 0, last === undefined ? 0 : last.start + last.length), version };
}

export const versionOf = (folder: string, said = readText(`${folder}/${CUT}`)): string =>
  `${said} ${sizeOf(`${folder}/${KEPT}`)}`;

function parseCut(text: string): Cut | undefined {
  const record = parseRecord(text);
  if (record === 'damaged') return undefined;
  const { from, to, part } = record;
  if (typeof from !== 'number' || typeof to !== 'number') return undefined;
  return { from, to, part: typeof part === 'number' ? part : undefined };
}

function stretchesOf(folder: string, cut: Cut | undefined): Stretch[] {
  const [log, kept] = [`${folder}/${OUTPUT}`, `${folder}/${KEPT}`];
  const size = sizeOf(log) ?? 0;
  if (cut === undefined) return [{ start: 0, file: log, at: 0, length: size }];
  const { from, to, part } = cut;
  const packed = sizeOf(kept);
  if (packed !== undefined)
    return [
      { start: 0, file: kept, at: 0, length: from },
      { start: to, file: kept, at: from, length: packed - from },
    ];
  const head = { start: 0, file: log, at: 0, length: from };
  if (part === undefined) return [head, { start: to, file: log, at: to, length: size - to }];
  return [
    head,
    { start: to, file: partFile(folder, to), at: 0, length: part },
    { start: to + part, file: log, at: from, length: size - from },
  ];
}

export const partFile = (folder: string, to: number): string => `${folder}/${PART}${to}`;
