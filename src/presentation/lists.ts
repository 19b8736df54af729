import type { ResourceDocument, RunSummary } from '../api/documents.ts';
import { oneLine } from './escape.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { between, timeText } from './time.ts';

/** What the inventory has of one kind, `noun` in the singular. */
export function resourcesText(resources: readonly ResourceDocument[], noun: string, style: Style): string {
  if (resources.length === 0) return `No ${noun}s.\n`;
  const rows = resources.map((resource) => [
    resource.name,
    resource.infra,
    resource.provider ?? '',
    { text: resource.status, paint: statusStyle(resource.status, style) },
    timeText(resource.updated_at),
  ]);
  return table(['NAME', 'INFRA', 'PROVIDER', 'STATUS', 'CHANGED'], rows, style);
}

/** One resource with everything that is known about it. */
export function resourceText(resource: ResourceDocument, style: Style): string {
  const { definition, facts, ...rest } = resource;
  const lines = Object.entries(rest).map(([key, value]) => `${style.bold(key)}: ${oneLine(value ?? '')}`);
  return `${lines.join('\n')}\n${section('definition', definition, style)}${section('facts', facts, style)}`;
}

function section(title: string, data: Readonly<Record<string, unknown>>, style: Style): string {
  const entries = Object.entries(data);
  if (entries.length === 0) return '';
  const lines = entries.map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `  ${oneLine(key)}: ${oneLine(text)}\n`;
  });
  return `${style.bold(title)}:\n${lines.join('')}`;
}

export function runsText(runs: readonly RunSummary[], style: Style): string {
  if (runs.length === 0) return 'No runs yet.\n';
  const rows = runs.map((run) => [
    run.workflow_id,
    run.name,
    { text: run.attended ? run.status : `${run.status} (unattended)`, paint: statusStyle(run.status, style) },
    run.mode,
    timeText(run.created_at),
    between(run.started_at, run.finished_at),
  ]);
  return table(['ID', 'NAME', 'STATUS', 'MODE', 'CREATED', 'TIME'], rows, style);
}
