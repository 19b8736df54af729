import type { RollbackParts, RollbackState } from '../api/documents.ts';
import type { RollbackDocument } from '../api/responses.ts';
import { oneLine } from './escape.ts';

/** What a run takes back, and how it stands with taking it back itself. */
export const rollbackLines = ({ status, ...run }: RollbackParts & { readonly status: string }): readonly string[] =>
  run.rollback_of === undefined
    ? takenBackLines(run)
    : [`${OF_OWN[status] ?? 'It takes back'} run ${run.rollback_of}.`, ...takenBackLines(run)];

/** How it stands with taking a run back, what stays, and what to do. */
export function takenBackLines({ rolled_back_by: by, rollback }: RollbackParts): readonly string[] {
  if (by === undefined || rollback === undefined) return [];
  const stays = whatStays(rollback).map(([id, why]) => `${id} (${why})`);
  const left = stays.length === 0 ? [] : [`What stays as it is: ${some(stays, ', ')}.`];
  return [sentence(by, rollback), ...left, ...remedy(by, rollback)];
}

type Stays = Pick<RollbackDocument, 'irreversible' | 'uncompensated' | 'altered'>;

/** Operations, each with why it stays as it is. */
const whatStays = ({
  irreversible,
  uncompensated,
  altered,
}: Stays): readonly (readonly [id: string, why: string])[] => [
  ...irreversible.map((id) => [oneLine(id), 'cannot be taken back'] as const),
  ...uncompensated.map((id) => [oneLine(id), 'nothing takes it back'] as const),
  ...altered.map((id) => [oneLine(id), 'changed what was there before the run'] as const),
];

/** What a rollback does, would do or has done, in the order in which it does it. */
export function rollbackText(document: RollbackDocument): string {
  const rows = document.operations.map(({ id, type, dependencies }) => {
    const after = dependencies.length === 0 ? '' : `  after ${dependencies.join(', ')}`;
    return `  ${oneLine(id)}  ${oneLine(type)}${oneLine(after)}`;
  });
  const stays = whatStays(document).map(([id, why]) => `  ${id}: ${why}`);
  const { head, end } = around(document);
  return [...head, ...rows, ...(stays.length === 0 ? [] : ['Stays as it is:', ...stays]), ...end, ''].join('\n');
}

interface Around {
  readonly head: readonly string[];
  readonly end: readonly string[];
}

function around({ workflow_id: by, rollback, operations }: RollbackDocument): Around {
  const order = 'each after what it waits for:';
  if (by !== null && rollback !== undefined)
    return { head: [sentence(by, rollback), `Its operations, ${order}`], end: remedy(by, rollback) };
  if (operations.length === 0) return { head: ['There is nothing to take back.'], end: [] };
  return { head: [`Would take back ${operations.length}, ${order}`], end: [] };
}

const TO = 'It was to take back';

/** How the run that takes back says it of itself. */
const OF_OWN: Readonly<Record<string, string>> = {
  cancelling: TO,
  completed: 'It took back',
  failed: TO,
  cancelled: TO,
  unknown: TO,
};

type Standing = Pick<RollbackState, 'status' | 'attended' | 'failures'>;

function sentence(by: string, { status, attended, failures }: Standing): string {
  const causes = failures.map(({ id, message }) => `${oneLine(id)}: ${oneLine(message).replace(/\.$/, '')}`);
  if (!attended) return `Run ${by} is to take it back, and nobody attends to that run: its process is gone.`;
  switch (status) {
    case 'completed':
      return `It was taken back by run ${by}.`;
    case 'failed':
      return `Run ${by} was to take it back and failed${causes.length === 0 ? '' : `: ${some(causes, '; ')}`}.`;
    case 'cancelled':
      return `Run ${by} was to take it back and was cancelled.`;
    case 'cancelling':
      return `Run ${by} was to take it back and is being cancelled.`;
    case 'unknown':
      return `Run ${by} was to take it back, and nobody knows how that ended: ${some(causes, '; ')}.`;
    case 'paused':
      return `It is being taken back by run ${by}, which is paused.`;
    default:
      return `It is being taken back by run ${by}.`;
  }
}

function remedy(by: string, { status, attended, failures }: Standing): readonly string[] {
  if (!attended) return ['To go on: provisioning orchestrator start'];
  switch (status) {
    case 'completed':
      return [];
    case 'failed':
    case 'cancelled':
      return [`To go on with that: provisioning workflow retry ${by}`];
    case 'unknown': {
      const task = failures.find((failure) => failure.status === 'unknown')?.id ?? 'TASK';
      const say = `provisioning workflow resolve ${by} ${oneLine(task)} --as completed|failed|retry`;
      return [`Look what exists, then say it: ${say}`];
    }
    case 'paused':
      return [`To go on with that: provisioning workflow resume ${by}`];
    default:
      return [`See how it goes: provisioning workflow monitor ${by}`];
  }
}

const SHOWN = 5;

const some = (parts: readonly string[], between: string): string =>
  parts.slice(0, SHOWN).join(between) + (parts.length > SHOWN ? `, and ${parts.length - SHOWN} more` : '');
