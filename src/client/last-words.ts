import { failure } from '../domain/failure.ts';
import { callFailure } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import { lastEntries } from './log-file.ts';
import type { LogEntry } from './log-file.ts';

/** An orchestrator writes a few lines in its life; one that dies at once, its end among the last. */
const LOOKED_AT = 20;

/** Of orchestrators that end one after the other, with what the last one said of it: starting the next is no use. */
export function endingAgain(log: string, problem: Pick<CallFailure, 'reason' | 'message'>): CallFailure {
  const words = lastWords(log);
  const message = `orchestrators end one after the other and come no further: ${words ?? problem.message}`;
  const end = failure('unavailable', message, {
    hint: 'What was accepted is not lost. Remove the cause, then do it again; see: provisioning orchestrator doctor, logs.',
  });
  return { ...callFailure(problem.reason, end), isFinal: true };
}

function lastWords(log: string): string | undefined {
  const found = entriesOf(log).findLast(({ event }) => event === 'broken' || event === 'failed');
  const said = found?.fields['message'] ?? found?.fields['stack'];
  return typeof said === 'string' ? said.split('\n')[0] : undefined;
}

function entriesOf(log: string): readonly LogEntry[] {
  try {
    return lastEntries(log, LOOKED_AT);
  } catch {
    // It is closed to us, too: then there are no words.
    return [];
  }
}
