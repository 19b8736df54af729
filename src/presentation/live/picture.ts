import type { EventDocument, RunDocument, TaskDocument } from '../../api/documents.ts';

export interface TaskView {
  readonly id: string;
  readonly type: string;
  /** From 0. */
  readonly wave: number;
  readonly status: TaskDocument['status'];
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Per cent. */
  readonly progress: number | null;
  readonly message: string | null;
  /** Why it failed; of one that is pending: why it did so the last time. */
  readonly reason: string | null;
  /** When it is tried again, milliseconds since 1970. */
  readonly notBefore: number | null;
  /** Runs that it submitted and waits for. */
  readonly waitsFor: readonly string[];
}

export interface Outline {
  readonly name: string;
  readonly tasks: readonly { readonly id: string; readonly type: string; readonly wave: number }[];
}

/** A run as its events tell it: what a viewer shows. Feed it every event from the first one on. */
export class Picture {
  readonly name: string;
  readonly tasks: Map<string, TaskView>;
  readonly waves: number;
  status: RunDocument['status'] = 'queued';
  startedAt: number | null = null;
  /** Why it is paused or being cancelled. */
  reason: string | null = null;

  constructor({ name, tasks }: Outline) {
    this.name = name;
    this.waves = tasks.reduce((waves, { wave }) => Math.max(waves, wave + 1), 0);
    this.tasks = new Map(tasks.map((task) => [task.id, { ...task, ...FRESH }]));
  }

  take(event: EventDocument): void {
    if (event.task === undefined) return this.#takeOfRun(event);
    const before = this.tasks.get(event.task);
    const change = before === undefined ? undefined : changeOf(event, before);
    if (before !== undefined && change !== undefined) this.tasks.set(before.id, { ...before, ...change });
  }

  #takeOfRun({ type, at, data }: EventDocument): void {
    const status = type === 'run.finished' ? (data['outcome'] as RunDocument['status']) : RUN_STATUS[type];
    if (status === undefined) return;
    this.status = status;
    this.reason = textOf(data['reason']);
    if (type === 'run.started') this.startedAt ??= Date.parse(at);
  }
}

const FRESH = {
  status: 'pending',
  attempt: 0,
  startedAt: null,
  finishedAt: null,
  progress: null,
  message: null,
  reason: null,
  notBefore: null,
  waitsFor: [],
} as const;

const RUN_STATUS: Readonly<Record<string, RunDocument['status']>> = {
  'run.started': 'running',
  'run.paused': 'paused',
  'run.resumed': 'running',
  'run.reopened': 'running',
  'run.cancelling': 'cancelling',
};

type Change = Partial<TaskView>;

/** `undefined` for what changes nothing that can be seen. */
function changeOf({ type, at, data }: EventDocument, before: TaskView): Change | undefined {
  const time = Date.parse(at);
  const end = { finishedAt: timeOf(data['ended_at']) ?? time, progress: null, notBefore: null, waitsFor: [] };
  switch (type) {
    case 'task.started':
      return { ...FRESH, status: 'running', attempt: Number(data['attempt'] ?? 1), startedAt: time };
    case 'task.progress': {
      const progress = typeof data['progress'] === 'number' ? data['progress'] : before.progress;
      return { progress, message: textOf(data['message']) ?? before.message };
    }
    case 'task.waiting':
      return { waitsFor: [...before.waitsFor, String(data['child'])] };
    case 'task.resumed':
      return { waitsFor: before.waitsFor.filter((child) => child !== data['child']) };
    case 'task.retrying':
      return { ...end, status: 'pending', reason: failureOf(data), notBefore: timeOf(data['not_before']) };
    case 'task.requeued':
      return { ...FRESH, attempt: before.attempt, reason: textOf(data['reason']) };
    case 'task.reset':
      return FRESH;
    case 'task.completed':
      return { ...end, status: 'completed', message: textOf(data['message']) };
    case 'task.failed':
      return { ...end, status: 'failed', reason: failureOf(data) };
    case 'task.unknown':
      return { ...end, status: 'unknown', reason: failureOf(data) };
    case 'task.resolved':
      return { ...end, status: data['as'] === 'failed' ? 'failed' : 'completed', reason: textOf(data['message']) };
    case 'task.cancelled':
      return { ...end, status: 'cancelled' };
    case 'task.skipped':
      return { ...end, status: 'skipped' };
    default:
      return undefined;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const timeOf = (value: unknown): number | null => (typeof value === 'string' ? Date.parse(value) : null);

function failureOf({ failure }: EventDocument['data']): string | null {
  return typeof failure === 'object' && failure !== null && 'message' in failure ? textOf(failure.message) : null;
}
