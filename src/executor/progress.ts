import type { Report } from '../ports/runner.ts';

/** `PROGRESS: 40`, `PROGRESS: 2/5 creating disk`: alone on a line of a task's output. */
const LINE = /^PROGRESS:[ \t]*(\d+(?:\.\d+)?)(?:[ \t]*\/[ \t]*(\d+(?:\.\d+)?)|[ \t]*%)?(?:[ \t]+(\S.*?))?[ \t\r]*$/;

/** The last report in a piece of output; a line that is not yet ended does not count. */
export function lastReport(text: string): Report | undefined {
  const end = text.lastIndexOf('\n');
  for (const line of text.slice(0, Math.max(0, end)).split('\n').toReversed()) {
    const report = line.startsWith('PROGRESS:') ? parse(line) : undefined;
    if (report !== undefined) return report;
  }
  return undefined;
}

function parse(line: string): Report | undefined {
  const [, done, total, message] = LINE.exec(line) ?? [];
  if (done === undefined) return undefined;
  const share = total === undefined ? Number(done) : (100 * Number(done)) / Number(total);
  if (!Number.isFinite(share)) return undefined;
  return { progress: Math.min(100, Math.round(share * 10) / 10), message: message?.slice(0, MESSAGE_LIMIT) ?? null };
}

/** Characters. Progress is a line on somebody's terminal. */
const MESSAGE_LIMIT = 200;
