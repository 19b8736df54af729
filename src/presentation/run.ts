import type { RunDocument, TaskDocument } from '../api/documents.ts';
import { oneLine } from './escape.ts';
import { failureText } from './failure.ts';
import { resumeHint, unattendedText } from './notice.ts';
import { rollbackLines } from './rollback.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { between, timeText } from './time.ts';
import type { Failure } from '../domain/failure.ts';

/** A run with its tasks: what it is, how it went, and for each failure what to do. */
export function runText(run: RunDocument, style: Style): string {
  return [heading(run, style), tasksTable(run, style), failures(run, style), advice(run, style)].join('');
}

function heading(run: RunDocument, style: Style): string {
  const facts = [
    run.mode,
    `infra ${run.infra}`,
    run.started_at === null ? undefined : `started ${timeText(run.started_at)}`,
    run.finished_at === null ? undefined : `took ${between(run.started_at, run.finished_at) || '0.0s'}`,
  ].filter((fact) => fact !== undefined);
  const status = statusStyle(run.status, style)(run.status);
  return `${style.bold(oneLine(run.name))}  ${status}  ${style.dim(oneLine(facts.join(' · ')))}\n${style.dim(run.workflow_id)}\n\n`;
}

function tasksTable({ tasks }: RunDocument, style: Style): string {
  const rows = tasks.map((task) => [
    task.id,
    task.type,
    { text: task.status, paint: statusStyle(task.status, style) },
    task.attempts === 0 ? '' : String(task.attempts),
    timeOf(task),
    messageOf(task),
  ]);
  return table(['TASK', 'TYPE', 'STATUS', 'TRIES', 'TIME', 'MESSAGE'], rows, style);
}

/** From its first start to its last end: of several tries that is more than any of them took. */
function timeOf({ started_at, finished_at, attempts }: TaskDocument): string {
  const time = between(started_at, finished_at);
  return time === '' || attempts < 2 ? time : `${time} in all`;
}

function messageOf({ status, progress, message, failure }: TaskDocument): string {
  if (status === 'pending' && failure !== null) return `will be tried again: ${failure.message}`;
  const percent = status === 'running' && progress !== null ? `${Math.round(progress)} % ` : '';
  return `${percent}${message ?? ''}`.trim();
}

function failures({ failure: end, tasks }: RunDocument, style: Style): string {
  const own = end === undefined ? '' : `\n${failureText(end as Failure, style)}`;
  const ofTasks = tasks
    .filter(({ status, failure }) => failure !== null && (status === 'failed' || status === 'unknown'))
    .map(({ id, failure }) => {
      const named = { ...failure, message: `${id}: ${failure?.message}` } as Failure;
      return `\n${failureText(named, style)}`;
    });
  return own + ofTasks.join('');
}

/** What the reader may want to do next. */
function advice(run: RunDocument, style: Style): string {
  const lines: string[] = [];
  if (!run.attended) lines.push(unattendedText(run));
  if (run.paused !== undefined)
    lines.push(`Paused: ${oneLine(run.paused.reason)}`, resumeHint(run.workflow_id, run.paused.wants));
  if (run.fallback !== undefined) lines.push(`It was done directly: ${oneLine(run.fallback)}`);
  lines.push(...rollbackLines(run));
  const unknown = run.tasks.find(({ status }) => status === 'unknown');
  if (unknown !== undefined)
    lines.push(
      `Once you know: provisioning workflow resolve ${run.workflow_id} ${oneLine(unknown.id)} --as completed|failed|retry`,
    );
  const bad = run.tasks.find(({ status, attempts }) => attempts > 0 && (status === 'failed' || status === 'unknown'));
  if (bad !== undefined) lines.push(`Its output: provisioning workflow logs ${run.workflow_id} ${oneLine(bad.id)}`);
  return lines.length === 0 ? '' : `\n${lines.map((line) => `${style.cyan('→')} ${line}\n`).join('')}`;
}
