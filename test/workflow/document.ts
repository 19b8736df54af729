import { documentOf } from '../../src/workflow/document.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';
import type { Workflow } from '../../src/domain/workflow.ts';

export const KNOWN = new Set([
  'server.create',
  'server.delete',
  'taskserv.create',
  'cluster.create',
  'app.deploy',
  'dns.update',
]);

/** A good operation, with fields of its own. */
export const operation = (id: string, extra: object = {}): object => ({
  id,
  type: 'command.run',
  params: { argv: ['true'] },
  ...extra,
});

export const workflowOf = (...operations: readonly object[]): object => ({ name: 'test', operations });

export const validate = (value: unknown) => validateWorkflow(documentOf('deploy.ncl', value), KNOWN);

/** Every failure in one line: `PLACE: MESSAGE | HINT`. */
export function problems(value: unknown): readonly string[] {
  const result = validate(value);
  if (result.ok) return [];
  return result.error.map(
    ({ message, place, hint }) => `${place?.path ?? '-'}: ${message}${hint === undefined ? '' : ` | ${hint}`}`,
  );
}

export function valid(value: unknown): Workflow {
  const result = validate(value);
  if (!result.ok) throw new Error(JSON.stringify(result.error, null, 1));
  return result.value.workflow;
}
