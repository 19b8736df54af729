import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';

/** Only names of this form ever become part of a Nushell program. */
const NAME = /^[a-z][a-z0-9-]*$/;
const LONGEST = 128;

export const isName = (text: string): boolean => text.length <= LONGEST && NAME.test(text);

/** `servers/create.nu` → true: relative, no `..`, every segment a name. */
export function isModulePath(path: string): boolean {
  if (!path.endsWith('.nu')) return false;
  return path.slice(0, -'.nu'.length).split('/').every(isName);
}

/** Splits `server.create`; `undefined` when it is not noun.verb. */
export function splitType(type: string): { noun: string; verb: string } | undefined {
  const [noun, verb, ...rest] = type.split('.');
  if (noun === undefined || verb === undefined || rest.length > 0) return undefined;
  return isName(noun) && isName(verb) ? { noun, verb } : undefined;
}

export const badType = (type: string): Failure =>
  failure('definition_invalid', `${quoted(type)} is not an operation type`, {
    hint: 'A type is noun.verb, such as server.create: lower-case letters, digits and dashes.',
  });

/** Safe to print: quoted, control characters escaped, cut when long. */
export const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
