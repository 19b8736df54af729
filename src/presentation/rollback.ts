import type { RollbackDocument } from '../api/responses.ts';
import { oneLine } from './escape.ts';

/** What a rollback does, or would do, in the order in which it does it. */
export function rollbackText(document: RollbackDocument, planned: boolean): string {
  const { workflow_id, operations, irreversible, uncompensated } = document;
  const head =
    operations.length === 0
      ? 'There is nothing to take back.'
      : planned
        ? `Would take back ${operations.length}, each after what it waits for:`
        : `Taken back by run ${workflow_id ?? ''}:`;
  const rows = operations.map(({ id, type, dependencies }) => {
    const after = dependencies.length === 0 ? '' : `  after ${dependencies.join(', ')}`;
    return `  ${oneLine(id)}  ${oneLine(type)}${oneLine(after)}`;
  });
  const stays = [
    ...irreversible.map((id) => `  ${oneLine(id)}: cannot be taken back`),
    ...uncompensated.map((id) => `  ${oneLine(id)}: nothing takes it back`),
  ];
  return [head, ...rows, ...(stays.length === 0 ? [] : ['Stays as it is:', ...stays]), ''].join('\n');
}
