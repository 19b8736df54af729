import type { Json, JsonRecord } from '../domain/json.ts';
import { isRecord } from '../domain/json.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import { RESOURCE_KINDS } from '../domain/resource.ts';
import type { ResourceChange, ResourceKind } from '../domain/resource.ts';
import { NAME } from '../domain/workflow.ts';
import type { Evidence } from '../ports/runner.ts';

/**
 * An outcome with what the attempt put on record while it worked (`resources.json`): that is so however it ended, on
 * some of its servers, say. What the result says comes after it. Of an attempt that never began nothing is read.
 */
export function withRecorded(outcome: AttemptOutcome, { recorded }: Evidence): AttemptOutcome {
  if (outcome.kind === 'revoked') return outcome;
  const changes = resourceChanges(recorded?.['resources']);
  // What is wrong there says nothing about how the attempt ended.
  if (typeof changes === 'string' || changes.length === 0) return outcome;
  return { ...outcome, resources: [...changes, ...(outcome.kind === 'completed' ? outcome.resources : [])] };
}

/** The resources of a result, or what is wrong with them. */
export function resourceChanges(value: Json | undefined): readonly ResourceChange[] | string {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return 'its result has "resources" that are no list';
  const changes: ResourceChange[] = [];
  for (const [index, entry] of (value as readonly Json[]).entries()) {
    const change = isRecord(entry) ? resourceChange(entry) : undefined;
    if (change === undefined) return `its result has a resources[${index}] without a valid action, kind and name`;
    changes.push(change);
  }
  return changes;
}

function resourceChange(entry: JsonRecord): ResourceChange | undefined {
  const { action, kind, name } = entry;
  if (typeof name !== 'string' || !NAME.test(name) || !isKind(kind)) return undefined;
  if (action === 'remove') return { action, kind, name };
  if (action !== 'put') return undefined;
  const record = (value: Json | undefined): JsonRecord => (isRecord(value) ? value : {});
  return {
    action,
    kind,
    name,
    provider: typeof entry['provider'] === 'string' ? entry['provider'] : null,
    status: typeof entry['status'] === 'string' ? entry['status'] : 'recorded',
    definition: record(entry['definition']),
    facts: record(entry['facts']),
  };
}

const isKind = (value: unknown): value is ResourceKind => (RESOURCE_KINDS as readonly unknown[]).includes(value);
