import type { Report } from '../ports/runner.ts';

/** `PROGRESS: 40`, `PROGRESS: 2/5 creating disk`, `PROGRESS: - waiting`: alone on a line of a task's output. */
const LINE =
  /^PROGRESS:[ \t]*(?:-|(\d+(?:\.\d+)?)(?:[ \t]*\/[ \t]*(\d+(?:\.\d+)?)|[ \t]*%)?)(?:[ \t]+(\S.*?))?[ \t\r]*$/;

/** What a piece of output reports last: how far it is, and in which words. A line that is not yet ended does not count. */
export function lastReport(text: string): Report | undefined {
  const end = text.lastIndexOf('\n');
  let message: string | null = null;
  for (const line of text.slice(0, Math.max(0, end)).split('\n').toReversed()) {
    const report = line.startsWith('PROGRESS:') ? parse(line) : undefined;
    if (report === undefined) continue;
    message ??= report.message;
    if (report.progress !== null) return { progress: report.progress, message };
  }
  return message === null ? undefined : { progress: null, message };
}

function parse(line: string): Report | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, done, total, words] = match;
  const message = words?.slice(0, MESSAGE_LIMIT) ?? null;
  if (done === undefined) return { progress: null, message };
  const share = total === undefined ? Number(done) : (100 * Number(done)) / Number(total);
  if (!Number.isFinite(share)) return undefined;
  return { progress: Math.min(100, Math.round(share * 10) / 10), message };
}

/** Characters. Progress is a line on somebody's terminal. */
const MESSAGE_LIMIT = 200;
