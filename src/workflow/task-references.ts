import { didYouMean } from '../domain/suggest.ts';
import type { Path } from '../ports/definitions.ts';
import type { Draft } from './operation.ts';
import { impossibleClaims } from './impossible.ts';
import { quote } from './quote.ts';
import { wrongClaims } from './reach.ts';
import type { Claim } from './flat.ts';
import type { Graph } from './references.ts';
import type { Report } from './report.ts';
import { partsOf, templatesIn } from './template.ts';

/**
 * Checks that parameters use results only of tasks that have ended before: those that the operation depends on, also
 * through others; and only where there is a run in which they have one: a task that failed has none. What takes an
 * operation back may use the operation's own result, too.
 */
export function checkTaskReferences(report: Report, drafts: readonly Draft[], graph: Graph): void {
  const check: Check = { report, graph, uses: [], left: COMPARISONS };
  for (const [index, { operation, params, compensation }] of drafts.entries()) {
    for (const used of usesIn(report, operation.params, params)) checkUse(check, index, used, false);
    for (const used of usesIn(report, operation.compensate?.params, compensation)) checkUse(check, index, used, true);
  }
  const idOf = (node: number): string => quote(drafts[node]?.id ?? '');
  const indirect = check.uses.filter(({ node, on }) => graph.dependencies[node]?.includes(on) !== true);
  const wrong = new Set(wrongClaims(graph, indirect));
  for (const { node, used } of wrong) {
    const other = quote(used.task);
    const message = `uses the result of ${other}, which ${idOf(node)} does not depend on`;
    report.fail(used.path, message, `Add ${other} to its dependencies.`);
  }
  const possible = check.uses.filter((use) => !wrong.has(use));
  for (const { claim, torn } of impossibleClaims(graph, possible)) {
    const why = torn === claim.on ? 'it runs when that one failed' : `${idOf(torn)} would have to complete and to fail`;
    const message = `uses the result of ${quote(claim.used.task)}, which has none where this runs: ${why}`;
    report.fail(claim.used.path, message, torn === claim.on ? ON_FAILURE_HINT : TORN_HINT);
  }
}

/** How many comparisons of names all suggestions of one document may take together: about a tenth of a second. */
const COMPARISONS = 100_000;

interface Use {
  readonly task: string;
  readonly path: Path;
}

interface Check {
  readonly report: Report;
  readonly graph: Graph;
  readonly uses: (Claim & { readonly used: Use })[];
  left: number;
}

function* usesIn(report: Report, params: unknown, at: Path): Generator<Use> {
  for (const { path: inner, text } of templatesIn(params)) {
    const path = [...at, ...inner];
    for (const part of partsOf(text))
      if (part.kind === 'malformed')
        report.fail(path, `${quote(part.text)} is no use of a result that is understood here`, SYNTAX_HINT);
      else if (part.kind === 'reference') yield { task: part.task, path };
  }
}

const othersOf = ({ indices }: Graph, index: number): readonly string[] =>
  [...indices].flatMap(([id, other]) => (other === index ? [] : [id]));

const SYNTAX_HINT = "Write {{ tasks['ID'].field }}, or further in: {{ tasks['ID'].field.inner[0] }}.";

const ON_FAILURE_HINT =
  'Write the value itself. What a failed task said and printed is on record: provisioning workflow logs ID TASK.';

const TORN_HINT = 'Change a dependency, or write the value itself.';

function checkUse(check: Check, index: number, used: Use, mayUseOwn: boolean): void {
  const { report, graph } = check;
  const target = graph.indices.get(used.task);
  if (target === undefined) {
    check.left -= graph.indices.size;
    const hint = check.left < 0 ? undefined : didYouMean(used.task, othersOf(graph, index));
    report.fail(
      used.path,
      `uses the result of ${quote(used.task)}, which does not exist`,
      hint ?? 'No operation of this workflow has this id.',
    );
  } else if (target === index) {
    if (!mayUseOwn) report.fail(used.path, 'uses the result of its own task', 'It is known when the task has ended.');
  } else check.uses.push({ node: index, on: target, used });
}
