import type { Blocker, WhyDocument } from '../api/why.ts';
import type { RunState } from '../domain/run.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import { waitsOf } from '../domain/task.ts';
import type { TaskState } from '../domain/task.ts';
import { dependencyOf } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';

/** What is on record of a run and of the world around it, at one moment. Times are milliseconds since 1970. */
export interface Situation {
  readonly id: string;
  readonly workflow: Workflow;
  readonly state: RunState;
  readonly tasks: readonly TaskState[];
  readonly attended: boolean;
  /** What was said when the run was told to end. */
  readonly cancelReason: string | null;
  readonly now: number;
  /** Of a run that a task of this one waits for; `undefined`: it is gone. */
  readonly childStatus: (run: string) => RunState['status'] | undefined;
  /** What a task that could start, or go on, lacks. Asked only of such tasks. */
  readonly obstacles: (task: number) => readonly Obstacle[];
}

/** A link without the task that it holds up. */
export type Obstacle = Omit<Blocker, 'blocks'>;

/** A chain is shown to people: a run of 100,000 tasks has the same few reasons for all of them. */
const SHOWN = 50;

/** Why the task is as it is, or `undefined` if the run has no such task. Without a task: what the run waits for. */
export function why(situation: Situation, task?: string): WhyDocument | undefined {
  const { id, workflow, state, attended } = situation;
  const index = workflow.operations.findIndex((operation) => operation.id === task);
  const asked = situation.tasks[index];
  if (task !== undefined && asked === undefined) return undefined;
  const chain = new Chain(situation);
  if (asked === undefined) ofRun(chain);
  else ofTask(chain, index);
  const blockers = chain.links.slice(0, SHOWN);
  const status = asked?.status ?? state.status;
  const truncated = blockers.length < chain.links.length;
  return { workflow_id: id, name: workflow.name, task: task ?? null, status, attended, blockers, truncated };
}

/** Links in the order in which they are found; what is in the way of several is said once. */
class Chain {
  readonly links: Blocker[] = [];
  readonly situation: Situation;
  readonly indices: ReadonlyMap<string, number>;
  readonly #said = new Set<string>();

  constructor(situation: Situation) {
    this.situation = situation;
    this.indices = new Map(situation.workflow.operations.map(({ id }, task) => [id, task]));
  }

  add(link: Omit<Blocker, 'workflow_id'> & { readonly workflow_id?: string | undefined }): boolean {
    const { blocks: _blocks, ...what } = link;
    const key = JSON.stringify(what);
    if (this.#said.has(key)) return false;
    this.#said.add(key);
    this.links.push({ ...link, workflow_id: link.workflow_id ?? this.situation.id });
    return true;
  }

  /** Enough has been found: nobody reads more. */
  get isFull(): boolean {
    return this.links.length > SHOWN;
  }

  idOf(task: number): string {
    return this.situation.workflow.operations[task]?.id ?? '';
  }
}

function ofRun(chain: Chain): void {
  const { tasks, state } = chain.situation;
  ofTheRunItself(chain);
  const ended = isOutcome(state.status);
  for (const [task, { status }] of tasks.entries())
    if (status === 'unknown' || status === (ended ? 'failed' : 'running')) take(chain, task);
  if (ended) return;
  for (const [task, { status }] of tasks.entries())
    if (status === 'pending' && !chain.isFull && openDependencies(chain, task).length === 0) take(chain, task);
}

function take(chain: Chain, task: number): void {
  if (!chain.isFull) ofTask(chain, task);
}

/** What holds for every task of the run. */
function ofTheRunItself(chain: Chain, blocks?: string): void {
  const { state, attended, cancelReason } = chain.situation;
  const { status } = state;
  if (!attended) chain.add({ kind: 'unattended', status, blocks });
  if (status === 'paused')
    chain.add({ kind: 'paused', status, blocks, since: time(state.since), message: state.reason, wants: state.wants });
  if (status === 'cancelling') chain.add({ kind: 'cancelling', status, blocks, message: state.reason });
  if (status === 'cancelled') chain.add({ kind: 'cancelled', status, blocks, message: cancelReason ?? undefined });
}

function ofTask(chain: Chain, task: number): void {
  const blocks = chain.idOf(task);
  const state = chain.situation.tasks[task];
  if (state === undefined) return;
  const { status } = state;
  switch (status) {
    case 'pending':
      return ofPending(chain, task, state);
    case 'running':
      return ofRunning(chain, task, state);
    case 'failed':
    case 'unknown':
      chain.add({ kind: status, status, blocks, task: blocks, message: state.failure.message });
      return;
    case 'cancelled':
      chain.add({ kind: status, status, blocks, message: chain.situation.cancelReason ?? undefined });
      return;
    case 'skipped':
      return ofSkipped(chain, blocks, state.because);
    default:
  }
}

type Running = TaskState & { readonly status: 'running' };

/** A run that is paused, or about to end, holds no process back that runs already. */
function ofRunning(chain: Chain, task: number, state: Running): void {
  const { attended, state: run } = chain.situation;
  const blocks = chain.idOf(task);
  if (!attended || run.status === 'cancelling') ofTheRunItself(chain, blocks);
  const children = waitsOf(state).map((id) => ({ id, status: chain.situation.childStatus(id) }));
  const open = children.filter(({ status }) => status !== undefined && !isOutcome(status));
  for (const { id, status = run.status } of open) chain.add({ kind: 'child', status, blocks, workflow_id: id });
  if (open.length > 0) return;
  // It has waited: what it lacks is a slot.
  if (children.length > 0) for (const obstacle of chain.situation.obstacles(task)) chain.add({ ...obstacle, blocks });
  chain.add({ kind: 'running', status: 'running', blocks, task: blocks, since: time(state.attemptStartedAt) });
}

function ofSkipped(chain: Chain, blocks: string, because: string): void {
  const task = chain.indices.get(because);
  const cause = task === undefined ? undefined : chain.situation.tasks[task];
  if (task === undefined || cause === undefined || chain.isFull) return;
  const isNew = chain.add({ kind: 'skipped', status: cause.status, blocks, task: because });
  if (isNew) ofTask(chain, task);
}

type Pending = TaskState & { readonly status: 'pending' };

function ofPending(chain: Chain, task: number, state: Pending): void {
  const open = openDependencies(chain, task);
  const blocks = chain.idOf(task);
  for (const dependency of open) {
    const found = chain.situation.tasks[dependency];
    if (found === undefined || chain.isFull) continue;
    const isNew = chain.add({ kind: 'dependency', status: found.status, blocks, task: chain.idOf(dependency) });
    if (isNew) ofTask(chain, dependency);
  }
  if (open.length === 0) ofReady(chain, task, state);
}

function ofReady(chain: Chain, task: number, state: Pending): void {
  const { situation } = chain;
  const blocks = chain.idOf(task);
  if (isOutcome(situation.state.status)) {
    chain.add({ kind: 'ended', status: situation.state.status, blocks });
    return;
  }
  const mayStart = situation.attended && situation.state.status !== 'paused';
  ofTheRunItself(chain, blocks);
  if (state.notBefore > situation.now) {
    const message = state.lastFailure?.message;
    chain.add({ kind: 'retry', status: 'pending', blocks, task: blocks, until: time(state.notBefore), message });
    return;
  }
  if (!mayStart) return;
  const obstacles = [...ofParallelLimit(situation), ...situation.obstacles(task)];
  for (const obstacle of obstacles) chain.add({ ...obstacle, blocks });
  if (obstacles.length > 0 || situation.state.status === 'cancelling') return;
  const kind = situation.state.status === 'queued' ? 'queued' : 'ready';
  chain.add({
    kind,
    status: kind === 'queued' ? 'queued' : 'pending',
    blocks,
    task: blocks,
    message: state.putBack,
  });
}

function ofParallelLimit({ id, workflow, tasks }: Situation): Obstacle[] {
  const limit = workflow.parallel_limit;
  if (
    limit === undefined ||
    tasks.filter((task) => task.status === 'running' && waitsOf(task).length === 0).length < limit
  )
    return [];
  return [{ kind: 'parallel_limit', status: 'running', workflow_id: id, limit }];
}

/** Those that have not ended, or of which nobody knows how. */
function openDependencies({ situation, indices }: Chain, task: number): number[] {
  const dependencies = situation.workflow.operations[task]?.dependencies ?? [];
  return dependencies.flatMap((said) => {
    const index = indices.get(dependencyOf(said).id);
    const status = index === undefined ? undefined : situation.tasks[index]?.status;
    const isOpen = status === 'pending' || status === 'running' || status === 'unknown';
    return isOpen && index !== undefined ? [index] : [];
  });
}

const time = (milliseconds: number): string => new Date(milliseconds).toISOString();
