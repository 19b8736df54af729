import { didYouMean } from '../domain/suggest.ts';
import { dependencyOf } from '../domain/workflow.ts';
import type { DependencyDraft } from './dependencies.ts';
import { wantedBy } from './impossible.ts';
import type { Edges } from './flat.ts';
import type { Draft } from './operation.ts';
import { orderOf } from './order.ts';
import { quote } from './quote.ts';
import type { Report } from './report.ts';

/**
 * Checks that ids are unique, that dependencies exist and that none leads back to where it began. `batches` says
 * which operations an id of an older generation stands for. Gives the ids, with the index of their operation, and what
 * each operation depends on.
 */
export function checkReferences(
  report: Report,
  drafts: readonly Draft[],
  batches: ReadonlyMap<string, readonly string[]>,
): Graph {
  const indices = indexById(report, drafts);
  const lookUp = targetsOf(report, indices, batches);
  const edges = drafts.map((draft) =>
    draft.dependencies.flatMap((dependency) => {
      const said = dependencyOf(dependency.said);
      return lookUp(draft, dependency).map((on) => ({ on, wanted: wantedBy(said, drafts[on]?.operation.on_failure) }));
    }),
  );
  const dependencies = edges.map((some) => some.map(({ on }) => on));
  const { order, cycles } = orderOf(dependencies);
  for (const cycle of cycles) reportCycle(report, drafts, cycle);
  return { indices, dependencies, edges, order };
}

/** All numbers are indices of operations. Where something was reported, it is what could be found out all the same. */
export interface Graph extends Edges {
  readonly indices: ReadonlyMap<string, number>;
  readonly dependencies: readonly (readonly number[])[];
}

function indexById(report: Report, drafts: readonly Draft[]): ReadonlyMap<string, number> {
  const indices = new Map<string, number>();
  for (const [index, { id, path }] of drafts.entries()) {
    if (id === undefined) continue;
    const first = indices.get(id);
    if (first === undefined) indices.set(id, index);
    else {
      const other = report.placeText(drafts[first]?.path ?? []);
      report.fail([...path, 'id'], `id ${quote(id)} is already used at ${other}`, 'Ids are unique in a workflow.');
    }
  }
  return indices;
}

/** How many comparisons of names all suggestions of one document may take together: about a tenth of a second. */
const COMPARISONS = 100_000;

function targetsOf(
  report: Report,
  indices: ReadonlyMap<string, number>,
  batches: ReadonlyMap<string, readonly string[]>,
): (draft: Draft, dependency: DependencyDraft) => readonly number[] {
  let left = COMPARISONS;
  return (draft, { id, path, said }) => {
    const members = batches.get(id) ?? [id];
    const found = members.flatMap((member) => indices.get(member) ?? []);
    if (draft.id !== undefined && id === draft.id) {
      report.fail(path, `${quote(id)} depends on itself`, 'Remove this dependency.');
      return [];
    }
    if (found.length > 0 || members.length === 0) return found;
    if (dependencyOf(said).kind === 'optional') return [];
    left -= indices.size;
    const hint = left < 0 ? undefined : didYouMean(id, others(indices, draft.id));
    report.fail(path, `unknown dependency ${quote(id)}`, hint ?? 'No operation of this workflow has this id.');
    return [];
  };
}

/** Nobody means the operation itself. */
const others = (indices: ReadonlyMap<string, number>, own: string | undefined): readonly string[] =>
  [...indices.keys()].filter((id) => id !== own);

function reportCycle(report: Report, drafts: readonly Draft[], found: readonly number[]): void {
  const first = found.indexOf(found.reduce((least, index) => Math.min(least, index)));
  const cycle = [...found.slice(first), ...found.slice(0, first)].flatMap((index) => drafts[index] ?? []);
  const ids = cycle.map((draft) => draft.id ?? '');
  const closing = cycle[0]?.dependencies.find((dependency) => dependency.id === ids[1]);
  const path = closing?.path ?? cycle[0]?.path ?? [];
  report.fail(path, `dependency cycle: ${shown([...ids, ids[0] ?? ''])}`, '"a → b" says that a waits for b.');
}

/** The whole cycle, or its beginning and end where it would fill a screen. */
function shown(ids: readonly string[]): string {
  const whole = ids.join(' → ');
  if (whole.length <= 200) return whole;
  const [head, tail] = [ids.slice(0, 2), ids.slice(-1)];
  return [...head, `… (${ids.length - 3} more) …`, ...tail].join(' → ');
}
