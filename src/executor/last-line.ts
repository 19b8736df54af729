import { isProgress } from '../domain/progress-line.ts';

const LINE_LIMIT = 500;

/**
 * The last line that a task printed, cut after 500 characters: most programs end with their reason. This program ends its
 * own with a hint, so of what it says as part of a task the last error counts, without the frame that ours gets again.
 */
export function lastLine(tail: string): string | undefined {
  const lines = tail
    .split('\n')
    .map((text) => text.replaceAll('\0', '').trim())
    .filter((text) => text !== '' && !isProgress(text));
  const last = lines.at(-1);
  const error = last?.startsWith('→ ') === true ? lines.findLast((line) => OWN_ERROR.test(line)) : undefined;
  return (error ?? last)?.replace(OWN_ERROR, '$1').slice(0, LINE_LIMIT);
}

/** As `presentation/failure.ts` writes it. */
const OWN_ERROR = /^error: (.+) \[PRV-\d{4}\]$/;
