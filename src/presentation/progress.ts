import type { EventDocument } from '../api/documents.ts';
import { oneLine } from './escape.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';

/** One plain line for what happened, without a newline; `undefined` for what is not worth one. */
export function transitionLine(event: EventDocument, style: Style): string | undefined {
  const text = event.task === undefined ? ofRun(event, style) : ofTask(event, event.task, style);
  return text === undefined ? undefined : `${style.dim(event.at.slice(11, 19))} ${text}`;
}

function ofTask({ type, data }: EventDocument, task: string, style: Style): string | undefined {
  const line = (word: string, status: string, more = '') =>
    `${oneLine(task)} ${statusStyle(status, style)(word)}${more === '' ? '' : `: ${oneLine(more)}`}`;
  const attempt = Number(data['attempt'] ?? 1);
  switch (type) {
    case 'task.started':
      return line(attempt > 1 ? `started again (attempt ${attempt})` : 'started', 'running');
    case 'task.progress':
      return line('running', 'running', progress(data));
    case 'task.waiting':
      return line(`waits for run ${oneLine(textOf(data['child']))}`, 'running');
    case 'task.retrying':
      return line('failed and will be tried again', 'cancelled', messageOf(data));
    case 'task.requeued':
      return line('queued again', 'pending', textOf(data['reason']));
    case 'task.completed':
      return line('completed', 'completed', textOf(data['message']));
    case 'task.failed':
      return line('failed', 'failed', messageOf(data));
    case 'task.unknown':
      return line('outcome unknown', 'unknown', messageOf(data));
    case 'task.cancelled':
      return line('cancelled', 'cancelled');
    case 'task.skipped':
      return line(
        'skipped',
        'skipped',
        `${textOf(data['because'])} did not ${data['wanted'] === 'failure' ? 'fail' : 'complete'}`,
      );
    default:
      return undefined;
  }
}

function ofRun({ type, data }: EventDocument, style: Style): string | undefined {
  switch (type) {
    case 'run.adopted':
      return style.dim('taken over: the process that ran it is gone');
    case 'run.paused':
      return `${style.yellow('paused')}: ${oneLine(textOf(data['reason']))}`;
    case 'run.resumed':
      return style.dim('resumed');
    case 'run.cancelling':
      return `${style.yellow('cancelling')}: ${oneLine(textOf(data['reason']))}`;
    default:
      return undefined;
  }
}

function progress({ progress: percent, message }: EventDocument['data']): string {
  const parts = [typeof percent === 'number' ? `${Math.round(percent)} %` : '', textOf(message)];
  return parts.filter((part) => part !== '').join(' ');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function messageOf({ failure }: EventDocument['data']): string {
  return typeof failure === 'object' && failure !== null && 'message' in failure ? textOf(failure.message) : '';
}
