import { ON_FAILURE } from '../domain/workflow.ts';
import type { Compensation, Operation, Probe } from '../domain/workflow.ts';
import type { Context } from './context.ts';
import { Fields } from './fields.ts';
import { checkArguments, checkFunction, nounOf, readParams } from './params.ts';
import { readType } from './type.ts';

type Recovery = Pick<Operation, 'idempotent' | 'probe' | 'compensate' | 'irreversible' | 'on_failure'>;

/**
 * What may be done when an operation's outcome is unknown, when it fails, and when it is to be taken back. `name` is
 * what the operation is about.
 */
export function readRecovery(fields: Fields, context: Context, name: string): Recovery {
  const recovery = {
    idempotent: fields.flag('idempotent'),
    probe: readProbe(fields),
    compensate: readCompensation(fields, context, name),
    irreversible: fields.flag('irreversible'),
    on_failure: fields.choice('on_failure', ON_FAILURE),
  };
  if (recovery.idempotent === true && recovery.probe !== undefined)
    fields.fail('probe', 'an idempotent operation is done again without asking its probe', 'Remove one of the two.');
  if (recovery.irreversible === true && fields.value('compensate') !== undefined)
    fields.fail('irreversible', 'an irreversible operation has nothing that takes it back', 'Remove "compensate".');
  if (recovery.on_failure === 'rollback' && !context.rollbackEnabled)
    fields.fail(
      'on_failure',
      '"on_failure" is "rollback", and the workflow does not have rollback_enabled = true',
      'Write rollback_enabled = true beside "operations", or another "on_failure".',
    );
  return recovery;
}

const PROBE_HINT = 'Write probe = { argv = ["…"] }, or probe = { module = "dns/update.nu", function = "probe-dns" }.';

function readProbe(fields: Fields): Probe | undefined {
  const record = fields.record('probe', PROBE_HINT);
  if (record === undefined) return undefined;
  const probe = new Fields({ report: fields.report, path: fields.pathOf('probe') }, record);
  probe.only(['argv', 'module', 'function']);
  const isCommand = probe.value('argv') !== undefined;
  const isFunction = probe.value('module') !== undefined || probe.value('function') !== undefined;
  if (isCommand === isFunction) {
    const both = 'a probe is a command or a function, not both';
    fields.fail('probe', isCommand ? both : 'a probe needs "argv", or "module" and "function"', PROBE_HINT);
    return undefined;
  }
  if (isCommand) {
    checkArguments(probe);
    return { argv: record['argv'] as readonly string[] };
  }
  checkFunction(probe);
  return { module: record['module'] as string, function: record['function'] as string };
}

/** Its parameters are checked as those of an operation; about a resource of the same kind, it is about the same one. */
function readCompensation(fields: Fields, context: Context, name: string): Compensation | undefined {
  const record = fields.record('compensate', 'Write compensate = { type = "server.delete" }.');
  if (record === undefined) return undefined;
  const compensation = new Fields({ report: fields.report, path: fields.pathOf('compensate') }, record);
  compensation.only(['type', 'params']);
  const type = readType(compensation, context.types);
  const [own, id] = [fields.value('type'), fields.value('id')];
  const isSameKind = typeof own === 'string' && type !== undefined && nounOf(own) === nounOf(type);
  const params = readParams(compensation, type, isSameKind || typeof id !== 'string' ? name : id);
  return { type: type ?? '', params };
}
