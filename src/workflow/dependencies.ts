import { isRecord } from '../domain/json.ts';
import { DEPENDENCY_CONDITIONS, DEPENDENCY_KINDS } from '../domain/workflow.ts';
import type { Dependency } from '../domain/workflow.ts';
import type { Path } from '../ports/definitions.ts';
import { Fields } from './fields.ts';
import { describe, quote } from './quote.ts';
import type { Report } from './report.ts';

/** A dependency that is still to be looked up. */
export interface DependencyDraft {
  readonly id: string;
  /** As the operation will have it: a hard dependency on success is its bare id. */
  readonly said: string | Dependency;
  readonly path: Path;
}

/** What is given twice counts once. */
export function readDependencies(fields: Fields): readonly DependencyDraft[] {
  const items = fields.list('dependencies', 'a list of ids', 'Write dependencies = ["web-1"].') ?? [];
  const found = new Map<string, DependencyDraft>();
  for (const [index, item] of items.entries()) {
    const path = [...fields.pathOf('dependencies'), index];
    const draft = readDependency(fields.report, path, item);
    const before = draft === undefined ? undefined : found.get(draft.id);
    if (draft !== undefined && before !== undefined && keyOf(draft.said) !== keyOf(before.said))
      fields.report.fail(path, `${quote(draft.id)} is given twice, with different conditions`, 'Remove one of them.');
    if (draft !== undefined && before === undefined) found.set(draft.id, draft);
  }
  return [...found.values()];
}

/** The same text for dependencies that say the same. */
export const keyOf = (said: string | Dependency): string =>
  typeof said === 'string' ? said : `${said.id} ${said.kind} ${said.on}`;

function readDependency(report: Report, path: Path, item: unknown): DependencyDraft | undefined {
  if (typeof item === 'string') return { id: item, said: item, path };
  if (isRecord(item)) return readConditional(new Fields({ report, path }, item));
  report.fail(path, `a dependency must be the id of an operation; found ${describe(item)}`);
  return undefined;
}

function readConditional(fields: Fields): DependencyDraft | undefined {
  fields.only(['id', 'kind', 'on']);
  const id = fields.text('id');
  if (fields.value('id') === undefined) fields.missing('id', 'Write { id = "web-1", on = "always" }.');
  const kind = fields.choice('kind', DEPENDENCY_KINDS) ?? 'hard';
  const on = fields.choice('on', DEPENDENCY_CONDITIONS) ?? 'success';
  if (kind === 'soft' && on === 'failure')
    fields.fail('on', 'a soft dependency waits for any end, not for a failure', 'Write kind = "hard", or remove "on".');
  if (id === undefined) return undefined;
  return { id, said: kind === 'hard' && on === 'success' ? id : { id, kind, on }, path: fields.path };
}
