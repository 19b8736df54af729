import { didYouMean } from '../domain/suggest.ts';
import { OPERATION_TYPE } from '../domain/workflow.ts';
import type { Fields } from './fields.ts';
import { BUILT_IN_TYPES } from './params.ts';
import { quote } from './quote.ts';

/** The type of an operation; reported where it is missing or none that is known. */
export function readType(fields: Fields, known: ReadonlySet<string>): string | undefined {
  const type = fields.text('type', 128);
  if (fields.value('type') === undefined)
    fields.missing('type', 'Say what to do, such as type = "server.create" or type = "command.run".');
  if (type === undefined) return undefined;
  if (!OPERATION_TYPE.test(type)) {
    fields.fail('type', `${quote(type)} is not a type`, 'A type is NOUN.VERB in lower case, such as "server.create".');
    return undefined;
  }
  if (known.has(type) || BUILT_IN_TYPES.some((builtIn) => builtIn === type)) return type;
  const [noun, verb] = type.split('.');
  const file = `"${verb}-${noun}" in ${noun?.endsWith('s') === true ? noun : `${noun}s`}/${verb}.nu`;
  const hint = didYouMean(type, [...known, ...BUILT_IN_TYPES]) ?? `It would be ${file} of the library or of nulib/.`;
  fields.fail('type', `unknown type ${quote(type)}`, hint);
  return undefined;
}
