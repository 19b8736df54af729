import type { RunDocument } from '../api/documents.ts';
import type { Steered } from '../api/responses.ts';
import { manyLines } from './escape.ts';
import { standing } from './standing.ts';
import { timeText } from './time.ts';

/** One line for stderr that is neither progress nor an error. */
export const notice = (text: string): string => `note: ${manyLines(text).trim().replaceAll('\n', '\n  ')}\n`;

export const warning = (text: string): string => `warning: ${manyLines(text).trim().replaceAll('\n', '\n  ')}\n`;

interface UnmatchedRule {
  readonly rule: { readonly list: string; readonly pattern: string; readonly place: string };
  readonly suggestion: string | undefined;
}

export function unmatchedRuleText({ rule, suggestion }: UnmatchedRule): string {
  const instead = suggestion === undefined ? 'All commands: provisioning help.' : `Did you mean "${suggestion}"?`;
  return `${rule.place}: the rule "${rule.pattern}" of ${rule.list} matches no command. ${instead}`;
}

export const STOPPING = 'Stopping: running tasks are asked to end. Press Ctrl-C again to kill them.';
export const KILLING = 'Killing what still runs.';

/** A retry of what a command asked for. */
export const storedText = (infra: string, command: string): string =>
  `The run goes on with what infra ${infra} said when it was made. To have that read again: provisioning ${command}`;

/** After Ctrl-C while watching. */
export const detachedText = (workflowId: string): string =>
  [
    'The work goes on without this command.',
    `Watch it again:  provisioning workflow monitor ${workflowId}`,
    `End it:          provisioning workflow cancel ${workflowId}`,
  ].join('\n');

/** A run has failed and wants to be taken back: that is waited for, too. */
export const undoingText = (workflowId: string): string => `Run ${workflowId} takes back what was done.`;

/** Its orchestrator does not answer; another one is on its way. */
export const RECONNECTING = 'The orchestrator has gone; looking for its successor. Tasks that run are not affected.';

/**
 * A run whose process is gone; nobody knows since when. One that is paused stays so under the next one. A narrow screen cuts off
 * what comes last, so what to do comes first.
 */
export const unattendedText = ({ last_recorded_at: last, status }: Pick<RunDocument, 'last_recorded_at' | 'status'>) =>
  `Nobody attends to this run: ${status === 'paused' ? 'its' : '"provisioning orchestrator start" goes on with it. Its'}` +
  ` process is gone${last === undefined ? '.' : `; the last that is on record of it is of ${timeText(last)}.`}`;

/** `wants`: variables that are to be handed over. */
export const resumeHint = (workflowId: string, wants: readonly string[] = []): string => {
  const before = wants.length === 0 ? 'To go on' : `With ${wants.join(' and ')} in the environment`;
  return `${before}: provisioning workflow resume ${workflowId}${wants.map((name) => ` --env ${name}`).join('')}`;
};

/** `why` is a clause of the client's. */
export const fallbackText = (why: string): string =>
  `the orchestrator could not take it (${why}); it is done directly (orchestrator.fallback_to_direct)`;

/** After the orchestrator has accepted work that is not waited for. */
export const acceptedText = (workflowId: string): string =>
  `Queued as ${workflowId}\nSee how it goes:  provisioning workflow monitor ${workflowId}\n`;

/** After something was asked of a run. */
export const steeredText = ({ workflow_id: id, status, already }: Steered): string =>
  `Run ${id} ${standing(status, already)}.\n${status === 'cancelled' ? '' : `See how it goes:  provisioning workflow status ${id}\n`}`;
