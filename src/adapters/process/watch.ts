import { lastReport } from '../../executor/progress.ts';
import type { Report } from '../../ports/runner.ts';
import { tolerant } from './descriptors.ts';
import { readPart, sizeOf } from './files.ts';
import { OUTPUT } from './layout.ts';
import { createMarker } from './marks.ts';

const TICK_MS = 250;
/** A task that prints faster than we look is not read, only its newest end is. */
const WINDOW_BYTES = 64 * 1024;

interface Followed {
  offset: number;
  readonly file: string;
  readonly onReport: (report: Report) => void;
  readonly mark: (offset: number) => void;
}

/** Looks for progress in the output of running tasks; costs nothing while none runs. */
export function createWatch(): { follow(folder: string, onReport: (report: Report) => void): () => void } {
  const followed = new Set<Followed>();
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    for (const one of followed) tolerant(() => look(one));
  };
  return {
    follow(folder, onReport) {
      const one = { offset: 0, file: `${folder}/${OUTPUT}`, onReport, mark: createMarker(folder) };
      followed.add(one);
      timer ??= setInterval(tick, TICK_MS).unref();
      return () => {
        followed.delete(one);
        if (followed.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

function look(one: Followed): void {
  const size = sizeOf(one.file) ?? 0;
  // It was shortened: what comes now is news.
  if (size < one.offset) one.offset = size;
  if (size === one.offset) return;
  const from = Math.max(one.offset, size - WINDOW_BYTES);
  const { bytes } = readPart(one.file, from, WINDOW_BYTES);
  const end = bytes.lastIndexOf('\n');
  if (end < 0) {
    // No line has ended; a window full of one line cannot be a report.
    if (bytes.length === WINDOW_BYTES) one.offset = from + bytes.length;
    return;
  }
  one.offset = from + end + 1;
  one.mark(one.offset);
  const report = lastReport(bytes.subarray(0, end + 1).toString('utf8'));
  if (report !== undefined) one.onReport(report);
}
