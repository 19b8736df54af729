import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Submission } from '../../domain/submission.ts';
import type { TaskState } from '../../domain/task.ts';
import type { Operation } from '../../domain/workflow.ts';
import type { Needs } from '../../scheduler/needs.ts';
import type { Obstacle } from '../../workflow/why.ts';
import { nextStart } from './buckets.ts';
import { text } from './column.ts';
import { createLenders } from './lenders.ts';

/** What starting a task takes. */
export interface Waits {
  /** `executor.max_concurrent_tasks`, over all processes. */
  readonly slots: number;
  readonly needsOf: (submission: Submission, operation: Operation) => Needs;
  /** The process of a running task, where it is one of this machine. */
  readonly pidOf?: ((taskId: string, attempt: { number: number; fence: string }) => number | undefined) | undefined;
  /** The state folder whose disk has no room for a record more, if it has none. */
  readonly fullDisk?: (() => string | undefined) | undefined;
}

export interface World {
  readonly database: DatabaseSync;
  readonly isAlive: (owner: string) => boolean;
  readonly waits: Waits;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who has what a task needs that could start otherwise. What is taken is read at once: a run may ask for a hundred thousand tasks. */
export function obstaclesOf(world: World, id: string, submission: Submission): (task: number) => readonly Obstacle[] {
  const { waits } = world;
  const holders = holdersOf(world, id);
  const claims = liveClaims(world);
  const pools = new Map<string, Omit<Obstacle, 'workflow_id'> | undefined>();
  const slots: readonly Obstacle[] =
    claims.length < waits.slots
      ? []
      : [{ kind: 'slot', status: 'running', workflow_id: id, limit: waits.slots, holders: longest(claims) }];
  const folder = waits.fullDisk?.();
  const disk: readonly Obstacle[] =
    folder === undefined ? [] : [{ kind: 'disk', status: 'pending', workflow_id: id, name: folder }];
  return (task) => {
    const operation = submission.workflow.operations[task];
    if (operation === undefined) return [...disk, ...slots];
    const { keys, pool } = waits.needsOf(submission, operation);
    if (pool !== undefined && !pools.has(pool.name))
      pools.set(
        pool.name,
        poolObstacle(
          world,
          pool,
          claims.filter((claim) => claim.pool === pool.name),
        ),
      );
    const inPool = pool === undefined ? undefined : pools.get(pool.name);
    return [
      ...disk,
      ...slots,
      ...keys.flatMap((key) => holders.get(key) ?? []).filter((one) => !isOwn(one, id, operation.id)),
      ...(inPool === undefined ? [] : [{ ...inPool, workflow_id: id }]),
    ];
  };
}

/** A task that has waited for a child run holds what it needs, but for its slot. */
const isOwn = ({ workflow_id, task }: Obstacle, run: string, id: string): boolean => workflow_id === run && task === id;

function poolObstacle(
  { database, now }: World,
  { name, settings }: NonNullable<Needs['pool']>,
  taken: readonly Claim[],
): Omit<Obstacle, 'workflow_id'> | undefined {
  const { limit } = settings;
  if (taken.length >= limit) return { kind: 'pool', status: 'running', name, limit, holders: longest(taken) };
  const until = nextStart(database, name, { settings, at: now });
  if (until <= now) return undefined;
  return { kind: 'rate', status: 'pending', name, until: new Date(until).toISOString() };
}

interface Claim {
  readonly pool: SQLOutputValue | undefined;
  readonly holder: NonNullable<Obstacle['holders']>[number];
}

/** Of engines that live: others hold no slots and no places. */
const liveClaims = ({ database, isAlive, waits }: World): readonly Claim[] =>
  database
    .prepare(
      `SELECT claims.run, claims.pool, runs.owner, tasks.id, tasks.task_id, tasks.state FROM claims
       JOIN runs ON runs.id = claims.run JOIN tasks ON tasks.run = claims.run AND tasks.task = claims.task`,
    )
    .all()
    .filter((row) => isAlive(text(row['owner'])))
    .map((row) => ({
      pool: row['pool'],
      holder: {
        workflow_id: text(row['run']),
        task: text(row['id']),
        ...processOf(waits, row),
      },
    }));

/** Those who have had their places for longest; a few are enough to know where to look. */
const longest = (claims: readonly Claim[]): Obstacle['holders'] =>
  claims
    .map(({ holder }) => holder)
    .toSorted((a, b) => ((a.since ?? '') < (b.since ?? '') ? -1 : 1))
    .slice(0, SHOWN_HOLDERS);

const SHOWN_HOLDERS = 3;

type Row = Record<string, SQLOutputValue>;

const stateOf = (row: Row): TaskState => JSON.parse(text(row['state'])) as TaskState;

/** Since when, and as which process, the task of a row runs. */
function processOf({ pidOf }: Waits, row: Row): Pick<Obstacle, 'since' | 'pid'> {
  const state = stateOf(row);
  if (state.status !== 'running') return {};
  const pid = pidOf?.(text(row['task_id']), { number: state.attempts, fence: state.fence });
  return { since: new Date(state.attemptStartedAt).toISOString(), ...(pid === undefined ? {} : { pid }) };
}

/** Without those who lend what they hold to the run. */
function holdersOf({ database, isAlive, waits }: World, id: string): ReadonlyMap<string, Obstacle> {
  const lenders = createLenders(database)(id);
  const rows = database
    .prepare(
      `SELECT holds.resource, holds.run, holds.task, runs.owner, tasks.id, tasks.task_id, tasks.state FROM holds
       JOIN runs ON runs.id = holds.run JOIN tasks ON tasks.run = holds.run AND tasks.task = holds.task`,
    )
    .all()
    .filter((row) => !lenders.some(({ run, task }) => run === row['run'] && task === row['task']));
  return new Map(rows.map((row) => [text(row['resource']), heldBy(waits, row, isAlive(text(row['owner'])))]));
}

function heldBy(waits: Waits, row: Row, attended: boolean): Obstacle {
  const key = text(row['resource']);
  const what = key.startsWith(MUTEX)
    ? ({ kind: 'mutex', name: key.slice(MUTEX.length) } as const)
    : // Without the workspace, a path that says nothing to people.
      ({ kind: 'resource', name: key.split('|').slice(-3).join('/') } as const);
  return {
    ...what,
    status: stateOf(row).status,
    workflow_id: text(row['run']),
    task: text(row['id']),
    ...processOf(waits, row),
    ...(attended ? {} : { attended }),
  };
}

/** What mutexes begin with in the table; a resource's key begins with a path. */
const MUTEX = 'mutex:';
