import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import { REASON } from '../domain/retry.ts';
import { unexpected } from '../domain/unexpected.ts';
import type { End, Evidence } from '../ports/runner.ts';
import { lastLine } from './last-line.ts';
import { nushellReport } from './nushell-report.ts';
import { resourceChanges } from './resource-changes.ts';

/** Why we killed an attempt, if we did. */
export type Intent = 'cancelled' | { readonly timedOutAfterSeconds: number } | undefined;

export interface Ended {
  readonly end: End;
  readonly evidence: Evidence;
  readonly intent: Intent;
  /** Operations written in Nushell must leave a result; a bare command need not. */
  readonly wantsResult: boolean;
}

/** What an attempt's end means. A kill is a result only because its whole tree is gone by now. */
export function outcomeOf(ended: Ended): AttemptOutcome {
  const { end, intent } = ended;
  switch (end.kind) {
    case 'unclaimed':
      return killed(intent) ?? { kind: 'revoked', reason: end.reason, later: end.later };
    case 'unstartable':
      return failed(failure(end.code ?? 'work_failed', `it could not be started: ${end.reason}`, { hint: end.hint }));
    case 'exited':
      return end.code === 0
        ? completed(ended)
        : (saidLost(ended) ?? killed(intent) ?? failed(reasonOf(ended, end.code), end.code));
    case 'gone':
      return saidLost(ended) ?? killed(intent) ?? { kind: 'lost', failure: lost(end.reason) };
    default:
      return unexpected(end);
  }
}

/** Who worked elsewhere may know that nobody can know: a connection broke, a host does not answer when it is to stop. */
function saidLost({ evidence: { failure: said } }: Ended): AttemptOutcome | undefined {
  if (said?.['code'] !== 'outcome_unknown') return undefined;
  const [message, help] = [said['message'], said['help']];
  const hint = typeof help === 'string' ? help : undefined;
  return {
    kind: 'lost',
    failure: failure('outcome_unknown', typeof message === 'string' ? message : 'it said so', { hint }),
  };
}

/** What it means that we wanted its end; `undefined`: we did not. */
export function killed(intent: Intent): AttemptOutcome | undefined {
  if (intent === undefined) return undefined;
  if (intent === 'cancelled') return { kind: 'cancelled' };
  const seconds = intent.timedOutAfterSeconds;
  return failed(
    failure('timed_out', `it did not end within ${seconds} s and was stopped, with all its processes on this machine`, {
      hint: 'Give it longer: timeout of the operation, or executor.task_timeout_seconds.',
    }),
  );
}

const failed = (reason: Failure, exitCode?: number): AttemptOutcome => ({ kind: 'failed', failure: reason, exitCode });

function lost(reason: 'died' | 'reboot'): Failure {
  const what = reason === 'reboot' ? 'the machine was restarted' : 'its process ended without leaving an exit code';
  return failure('outcome_unknown', `nobody can say whether it took effect: ${what} while it ran`, {
    hint: 'Look at what exists, then say it: provisioning workflow resolve ID TASK --as completed|failed|retry.',
  });
}

function completed(ended: Ended): AttemptOutcome {
  const { result, damaged } = ended.evidence;
  if (damaged.includes('result.json'))
    return failed(failure('work_failed', 'it ended well, but its result.json is no JSON object'));
  if (result === null && ended.wantsResult)
    return { kind: 'lost', failure: failure('outcome_unknown', 'it ended well, but left no result.json') };
  const { resources, message, ...own } = result ?? {};
  const changes = resourceChanges(resources);
  if (typeof changes === 'string') return failed(failure('work_failed', `it ended well, but its result ${changes}`));
  const text = typeof message === 'string' ? message : null;
  return { kind: 'completed', message: text, result: own, resources: changes };
}

/** What the task said itself, else the last line that it printed. */
function reasonOf(ended: Ended, code: number): Failure {
  const said = ended.evidence.failure;
  const report = said === null ? nushellReport(ended.evidence.tail) : undefined;
  if (report !== undefined) {
    return failure('work_failed', report.message, { place: report.place, hint: report.hint, exit_code: code });
  }
  const notStarted = said === null ? shellsWord(lastLine(ended.evidence.tail)) : undefined;
  const told = said?.['message'];
  const message = typeof told === 'string' ? told : (notStarted ?? lastLine(ended.evidence.tail));
  // The last line of output may be anything: what the process ended with belongs to it.
  const shown = typeof told !== 'string' && message !== undefined ? `exit code ${code}` : undefined;
  const hint = typeof said?.['help'] === 'string' ? said['help'] : notStarted === undefined ? undefined : LOOKED_FOR;
  const kind = SAID_CODES.find((known) => known === said?.['code']) ?? 'work_failed';
  const reason = typeof said?.['code'] === 'string' && REASON.test(said['code']) ? said['code'] : undefined;
  const more = { hint, reason, report: shown, exit_code: code };
  return failure(kind, message ?? `it ended with exit code ${code}`, more);
}

const LOOKED_FOR = 'Programs are looked for in the PATH of the command that made the run.';

/** What the shell that starts a task, under either of its names, says of a program that it could not start, in every dialect. */
const shellsWord = (line = ''): string | undefined =>
  /^(?:provisioning-shim|\/\S*sh): (?:line )?\d+: exec: (.+: (?:not found|permission denied|cannot execute: .+))$/i.exec(
    line,
  )?.[1];

/** Codes of our own that a task may give its failure. */
const SAID_CODES = ['conflict', 'not_found', 'usage'] as const;
