import type { Workflow } from '../domain/workflow.ts';
import type { Size } from '../presentation/live/frame.ts';
import type { Line } from '../presentation/live/line.ts';
import { Picture } from '../presentation/live/picture.ts';
import { symbolsOf } from '../presentation/live/symbols.ts';
import { tree } from '../presentation/live/tree.ts';
import { Durations, estimate } from '../workflow/estimate.ts';
import { plan } from '../workflow/plan.ts';
import { readDurations } from './history.ts';
import { readRecorded } from './recorded.ts';
import type { Services } from './services.ts';
import { Tails } from './tails.ts';
import type { LiveScreen } from './terminal.ts';
import type { Viewer, Watched } from './watched.ts';

/** How often times that pass are shown anew. */
const TICK_MS = 1000;

/** The run as a tree that changes. `undefined`: there is nothing to show. */
export async function pictureOn(
  screen: LiveScreen,
  services: Services,
  { id, colourless }: Watched,
): Promise<Viewer | undefined> {
  const [reads, changes] = await Promise.all([services.reads(), services.changes()]);
  const recorded = await readRecorded(reads, id);
  if (!recorded.ok) {
    await screen.end();
    return undefined;
  }
  const { run, definition } = recorded.value;
  const { waves, dependencies } = plan(definition);
  const waveOf = new Map(waves.flatMap((nodes, wave) => nodes.map((node) => [node, wave])));
  const tasks = definition.operations.map((operation, node) => ({ ...operation, wave: waveOf.get(node) ?? 0 }));
  const picture = new Picture({ name: definition.name, tasks });
  const taskIds = new Map(run.tasks.map((task) => [task.id, task.task_id]));
  const remaining = createEstimate(picture, dependencies, slotsOf(services, definition));
  const { terminal } = services;
  const look = { style: terminal.style('note', colourless), symbols: symbolsOf(terminal.unicode) };
  let advice: readonly string[] = [];
  const paint = (size: Size): readonly Line[] => {
    const now = Date.now();
    return tree({ picture, now, remaining: remaining.at(now), outputs: tails.lines, advice }, look, size);
  };
  const show = (): void => {
    screen.show(paint);
  };
  const tails = new Tails(reads, changes, show);
  void readDurations(reads, run).then(remaining.learn);
  const timer = setInterval(show, TICK_MS);
  return {
    isPerson: true,
    onEvent: (event) => {
      picture.take(event);
      if (event.task !== undefined) followTail(tails, picture, { id: event.task, taskId: taskIds.get(event.task) });
      show();
    },
    advise: (text) => {
      advice = text === undefined ? [] : [text];
      show();
    },
    end: async () => {
      clearInterval(timer);
      tails.end();
      await screen.end();
    },
  };
}

function followTail(
  tails: Tails,
  { tasks }: Picture,
  { id, taskId }: { id: string; taskId: string | undefined },
): void {
  if (taskId !== undefined && tasks.get(id)?.status === 'running') tails.watch(id, taskId);
  else tails.leave(id);
}

function slotsOf({ configuration }: Services, { parallel_limit }: Workflow): number {
  const slots = configuration.settings.executor.max_concurrent_tasks;
  return Math.min(slots, parallel_limit ?? slots);
}

interface Estimate {
  readonly learn: (durations: Durations) => void;
  /** Milliseconds from `now` on; counted anew once a second. */
  readonly at: (now: number) => number | undefined;
}

function createEstimate(picture: Picture, dependencies: readonly (readonly number[])[], slots: number): Estimate {
  let durations = new Durations();
  let known: { readonly at: number; readonly end: number | undefined } = { at: -Infinity, end: undefined };
  const count = (now: number): number | undefined => {
    const tasks = [...picture.tasks.values()].map((task) => ({
      expected: durations.expected(task),
      elapsed: task.status === 'running' && task.startedAt !== null ? now - task.startedAt : 0,
      ended: task.status !== 'running' && task.status !== 'pending',
    }));
    return estimate(tasks, dependencies, slots);
  };
  return {
    learn: (found) => {
      durations = found;
      known = { at: -Infinity, end: undefined };
    },
    at: (now) => {
      if (now - known.at >= TICK_MS) {
        const left = count(now);
        known = { at: now, end: left === undefined ? undefined : now + left };
      }
      return known.end === undefined ? undefined : Math.max(0, known.end - now);
    },
  };
}
