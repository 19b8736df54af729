import type { Place } from '../domain/failure.ts';

export interface NushellReport {
  readonly message: string;
  readonly place?: Place | undefined;
  readonly hint?: string | undefined;
}

/**
 * What Nushell says of a program that it could not begin, at the end of what a task printed: its last report, of which the
 * last line alone would be the end of its help. `undefined`: there is none. A program that has begun tells its errors
 * itself, as `failure.json`.
 */
export function nushellReport(tail: string): NushellReport | undefined {
  const reports = tail.split(/^Error: (?=nu::parser::)/m).slice(1);
  const [code = '', ...lines] = reports.at(-1)?.split('\n') ?? [];
  const message = lines.map((line) => /^ {2}[x×] (.+)$/.exec(line)?.[1]).find((text) => text !== undefined);
  if (message === undefined) return undefined;
  const [, file, line, column] = /[,╭][-─]+\[(.+):(\d+):(\d+)\]/.exec(lines.join('\n')) ?? [];
  const isFile = file?.startsWith('/') === true;
  const place = isFile ? { file, line: Number(line), column: Number(column) } : undefined;
  const isOurCall = !isFile && code.endsWith('extra_positional');
  return { message: `Nushell: ${message}`, place, hint: isOurCall ? TAKES_REQUEST : helpIn(lines) };
}

const TAKES_REQUEST = 'The function of an operation takes its request: export def NAME [request: record] { … }';

/** Nushell breaks long help into lines. */
function helpIn(lines: readonly string[]): string | undefined {
  const begin = lines.findIndex((line) => line.startsWith('  help: '));
  if (begin < 0) return undefined;
  const end = lines.findIndex((line, index) => index > begin && line.trim() === '');
  const help = lines.slice(begin, end < 0 ? undefined : end).map((line) => line.trim());
  return help.join(' ').replace(/^help: /, '');
}
