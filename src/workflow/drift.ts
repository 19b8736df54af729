import { COMPARING } from '../domain/comparing.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import type { JsonRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { NAME } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';
import { documentOf } from './document.ts';
import { quote } from './quote.ts';
import { identityOf } from './server.ts';
import { validateWorkflow } from './validate.ts';

export interface Recorded {
  readonly name: string;
  readonly infra: string;
  readonly definition: Readonly<Record<string, unknown>>;
}

/** Compares taskservs with what the inventory says of them, on every server that has them. */
export function driftWorkflow(taskservs: readonly Recorded[]): Result<Workflow, readonly Failure[]> {
  const problems = taskservs.filter((taskserv) => installedOf(taskserv).length === 0).map(notComparable);
  if (problems.length > 0) return err(problems);
  return comparing(COMPARING.taskserv, taskservs, taskservs.flatMap(checksOf));
}

/** Compares servers with the facts that the inventory has of them. */
export const serverDriftWorkflow = (servers: readonly Recorded[]): Result<Workflow, readonly Failure[]> =>
  comparing(
    COMPARING.server,
    servers,
    servers.map(({ name, definition }) => ({
      id: name,
      type: COMPARING.server,
      params: { name },
      credentials: identityOf(definition as JsonRecord),
    })),
  );

function comparing(
  type: string,
  found: readonly Recorded[],
  operations: readonly Readonly<Record<string, unknown>>[],
): Result<Workflow, readonly Failure[]> {
  const [infra, another] = new Set(found.map((one) => one.infra));
  if (another !== undefined)
    return err([failure('usage', 'these are of several infras', { hint: 'Say which one is meant: --infra NAME.' })]);
  const validated = validateWorkflow(documentOf('inventory', { name: type, infra, operations }), new Set([type]));
  return validated.ok ? ok(validated.value.workflow) : validated;
}

const notComparable = ({ name }: Recorded): Failure =>
  failure('usage', `taskserv ${quote(name)} was rendered, not installed: there is nothing to compare`);

/** One for each group of servers that has it with the same parameters. */
function checksOf(taskserv: Recorded): readonly Readonly<Record<string, unknown>>[] {
  const { name } = taskserv;
  const groups = installedOf(taskserv);
  return groups.map(({ servers, params, credentials }, index) => ({
    id: groups.length === 1 ? name : idOf(name, servers, index),
    type: COMPARING.taskserv,
    params: { ...params, name, servers, diff: true },
    credentials,
  }));
}

/** Of no server there are two groups. */
function idOf(name: string, servers: readonly string[], index: number): string {
  const named = servers.length > 2 ? [servers[0], 'and', servers.length - 1, 'more'] : servers;
  const id = [name, 'on', ...named].join('-');
  return NAME.test(id) ? id : `${name}-${index + 1}`.slice(-63);
}

interface Installed {
  readonly servers: readonly string[];
  readonly params: JsonRecord;
  readonly credentials: unknown;
}

function installedOf({ definition }: Recorded): readonly Installed[] {
  const { installed } = definition;
  if (!Array.isArray(installed)) return [];
  return installed.filter(isRecord).map((group) => ({
    servers: Array.isArray(group['servers']) ? group['servers'].map(String) : [],
    params: isRecord(group['params']) ? (group['params'] as JsonRecord) : {},
    credentials: group['credentials'],
  }));
}
