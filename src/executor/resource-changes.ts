import { failure } from '../domain/failure.ts';
import type { Json, JsonRecord } from '../domain/json.ts';
import { isRecord } from '../domain/json.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import { RESOURCE_KINDS } from '../domain/resource.ts';
import type { ResourceChange, ResourceKind } from '../domain/resource.ts';
import { NAME } from '../domain/workflow.ts';
import type { Evidence } from '../ports/runner.ts';

/**
 * An outcome with what the attempt put on record while it worked (`resources.json`): that is so however it ended, on
 * some of its servers, say. What the result says comes after it. Of an attempt that never began nothing is read. Who ended
 * well and left there what cannot be recorded has failed, as with a result: the inventory would not be true.
 */
export function withRecorded(outcome: AttemptOutcome, { recorded, damaged }: Evidence): AttemptOutcome {
  if (outcome.kind === 'revoked') return outcome;
  const changes = damaged.includes(FILE) ? 'is no JSON object' : recordedChanges(recorded);
  if (typeof changes === 'string') return withoutRecorded(outcome, `its ${FILE} ${changes}`);
  if (changes.length === 0) return outcome;
  return { ...outcome, resources: [...changes, ...(outcome.kind === 'completed' ? outcome.resources : [])] };
}

const FILE = 'resources.json';
const EXPECTED =
  'Expected: {"resources": [{"action": "put" or "remove", "kind": "server", "name": "web-1", …}, …]}, as record-resources writes it.';

function recordedChanges(recorded: JsonRecord | null): readonly ResourceChange[] | string {
  if (recorded === null) return [];
  return recorded['resources'] === undefined ? 'has no "resources"' : resourceChanges(recorded['resources']);
}

/** Who did not end by itself may have been killed while it wrote: that says nothing of how it ended. */
function withoutRecorded(outcome: AttemptOutcome, wrong: string): AttemptOutcome {
  if (outcome.kind === 'completed') {
    const reason = failure('work_failed', `it ended well, but ${wrong}`, { hint: EXPECTED });
    return { kind: 'failed', failure: reason, exitCode: undefined, resources: outcome.resources };
  }
  if (outcome.kind !== 'failed') return outcome;
  const { hint } = outcome.failure;
  const more = `Besides, nothing of what it put on record was taken: ${wrong}. ${EXPECTED}`;
  return { ...outcome, failure: { ...outcome.failure, hint: hint === undefined ? more : `${hint} ${more}` } };
}

/** The resources of a result, or what is wrong with them. */
export function resourceChanges(value: Json | undefined): readonly ResourceChange[] | string {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return 'has "resources" that are no list';
  const changes: ResourceChange[] = [];
  for (const [index, entry] of (value as readonly Json[]).entries()) {
    const change = isRecord(entry) ? resourceChange(entry) : 'is no record';
    if (typeof change === 'string') return `has a resources[${index}] that cannot be recorded: it ${change}`;
    changes.push(change);
  }
  return changes;
}

function resourceChange(entry: JsonRecord): ResourceChange | string {
  const { action, kind, name } = entry;
  if (typeof name !== 'string' || !NAME.test(name)) return `has the name ${told(name)}, which is none`;
  if (!isKind(kind)) return `has the kind ${told(kind)}, not ${RESOURCE_KINDS.join(', ')}`;
  if (action === 'remove') return { action, kind, name };
  if (action !== 'put') return `has the action ${told(action)}, not put or remove`;
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

const told = (value: Json | undefined): string => JSON.stringify(value ?? null).slice(0, 80);

const isKind = (value: unknown): value is ResourceKind => (RESOURCE_KINDS as readonly unknown[]).includes(value);
