import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { ResourceKind } from '../domain/resource.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { NAME } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';
import { createOperations } from './create.ts';
import { destroyOperations } from './destroy.ts';
import { documentOf } from './document.ts';
import { quote } from './quote.ts';
import { destroys } from './request.ts';
import type { CommandRequest } from './request.ts';
import { validateWorkflow } from './validate.ts';

/**
 * What a command amounts to, as a workflow:
 * - `server create`, `taskserv create`: one operation for each name, or for each one in the infra file;
 * - `cluster create`: one operation for each cluster; those of its servers that are not in the inventory are created
 *   before. Taskservs alone never create servers: that costs money which nobody asked to be spent;
 * - `app deploy`: one operation for each name;
 * - `delete`, `remove`: one operation for each name; with `all`, for whatever the inventory or the infra file knows,
 *   so that a server whose creation ended as `unknown` goes too.
 */
export function commandWorkflow(request: CommandRequest): Result<Workflow, readonly Failure[]> {
  const problems = requestProblems(request);
  if (problems.length > 0) return err(problems);
  const asked = destroys(request.verb) ? destroyOperations(request) : createOperations(request);
  if (!asked.ok) return asked;
  const type = `${request.noun}.${request.verb}`;
  const value = {
    name: type,
    infra: request.infra,
    operations: asked.value.map((one) => ({ ...one, priority: request.priority ?? null })),
  };
  const known = new Set(asked.value.map((operation) => operation.type));
  const validated = validateWorkflow(documentOf('command line', value), known);
  return validated.ok ? ok(validated.value.workflow) : err(validated.error.map(asUsage));
}

const VERBS: Readonly<Record<ResourceKind, readonly string[]>> = {
  server: ['create', 'delete'],
  taskserv: ['create', 'delete', 'check'],
  cluster: ['create', 'delete'],
  app: ['deploy', 'remove'],
};

function requestProblems({ noun, verb, infra, names, all }: CommandRequest): readonly Failure[] {
  const usage = (message: string, hint: string): Failure => failure('usage', message, { hint });
  const problems: Failure[] = [];
  if (!VERBS[noun].includes(verb)) {
    const [first = '', second = ''] = VERBS[noun];
    problems.push(usage(`there is no "${noun} ${verb}"`, `Use "${noun} ${first}" or "${noun} ${second}".`));
  }
  if (!NAME.test(infra)) problems.push(usage(`${quote(infra)} is not the name of an infra`, NAME_HINT));
  for (const name of names) if (!NAME.test(name)) problems.push(usage(`${quote(name)} is not a name`, NAME_HINT));
  if (all && names.length > 0) problems.push(usage('both names and --all are given', 'Give one of them.'));
  if (destroys(verb) && !all && names.length === 0)
    problems.push(
      usage(`"${noun} ${verb}" does not say what to ${verb}`, 'Give names, or --all for everything in the infra.'),
    );
  return problems;
}

const NAME_HINT =
  'A name begins with a letter or a digit, then letters, digits, ".", "_" or "-"; at most 63 characters.';

/** What came from flags has no place in a file; the infra file was valid before. */
const asUsage = ({ message, place, hint }: Failure): Failure =>
  failure('usage', place?.path === undefined ? message : `${message} (${place.path})`, { hint });
