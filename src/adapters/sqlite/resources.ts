import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { JsonRecord } from '../../domain/json.ts';
import type { Resource, ResourceChange, ResourceKind } from '../../domain/resource.ts';
import { prepared } from './prepared.ts';
import { text } from './column.ts';

/**
 * Brings the inventory up to date with what a task reported, in the transaction that settles the task. A record that it
 * leaves as it is stays that of the run which changed it last.
 */
export function createResourceWriter(database: DatabaseSync) {
  const origin = database.prepare(
    'SELECT workspace, infra, task_id FROM runs JOIN tasks ON tasks.run = runs.id WHERE runs.id = ? AND tasks.task = ?',
  );
  const put = database.prepare(
    `INSERT INTO resources (workspace, infra, kind, name, provider, status, definition, facts, workflow_id, task_id,
                            created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET provider = excluded.provider, status = excluded.status, definition = excluded.definition,
       facts = excluded.facts, workflow_id = excluded.workflow_id, task_id = excluded.task_id,
       updated_at = excluded.updated_at
     WHERE (resources.provider, resources.status, resources.definition, resources.facts)
       IS NOT (excluded.provider, excluded.status, excluded.definition, excluded.facts)`,
  );
  const remove = database.prepare('DELETE FROM resources WHERE workspace = ? AND infra = ? AND kind = ? AND name = ?');
  return (run: string, task: number, what: { changes: readonly ResourceChange[]; at: number }): void => {
    const row = origin.get(run, task);
    const [workspace, infra, taskId] = [text(row?.['workspace']), text(row?.['infra']), text(row?.['task_id'])];
    for (const change of what.changes) {
      if (change.action === 'remove') remove.run(workspace, infra, change.kind, change.name);
      else {
        const body = [change.provider, change.status, JSON.stringify(change.definition), JSON.stringify(change.facts)];
        put.run(workspace, infra, change.kind, change.name, ...body, run, taskId, what.at, what.at);
      }
    }
  };
}

/** All records of one infra. */
export function resourcesOf(database: DatabaseSync, where: { workspace: string; infra: string }): Resource[] {
  const sql = 'SELECT * FROM resources WHERE workspace = ? AND infra = ? ORDER BY kind, name';
  return prepared(database, sql).all(where.workspace, where.infra).map(toResource);
}

export const toResource = (row: Record<string, SQLOutputValue>): Resource => ({
  workspace: text(row['workspace']),
  infra: text(row['infra']),
  kind: text(row['kind']) as ResourceKind,
  name: text(row['name']),
  provider: row['provider'] === null ? null : text(row['provider']),
  status: text(row['status']),
  definition: JSON.parse(text(row['definition'])) as JsonRecord,
  facts: JSON.parse(text(row['facts'])) as JsonRecord,
  workflow_id: text(row['workflow_id']),
  task_id: text(row['task_id']),
  created_at: Number(row['created_at']),
  updated_at: Number(row['updated_at']),
});
