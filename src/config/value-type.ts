import { unexpected } from '../domain/unexpected.ts';

/** What a key may hold. `none`: an empty text takes the value away again that a lower layer gave. */
export type ValueType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly whole: boolean }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly refused?: Readonly<Record<string, string>> }
  | { readonly kind: 'path'; readonly none: boolean }
  /** A path, or the bare name of a program that is looked for on PATH. */
  | { readonly kind: 'program' }
  | { readonly kind: 'url' }
  | { readonly kind: 'host' }
  | { readonly kind: 'patterns' }
  | { readonly kind: 'environment' };

export type Value = null | boolean | number | string | readonly string[] | Readonly<Record<string, string>>;

/** What the type accepts, as it reads after "must be". */
export function describe(type: ValueType): string {
  switch (type.kind) {
    case 'boolean':
      return 'true or false';
    case 'number':
      return `a ${type.whole ? 'whole ' : ''}number from ${type.min} to ${type.max}`;
    case 'choice':
      return type.of.map((word) => JSON.stringify(word)).join(' or ');
    case 'path':
      return 'a path in quotes';
    case 'program':
      return 'a path, or the name of a program, in quotes';
    case 'url':
      return 'a URL such as "http://localhost:9090"';
    case 'host':
      return 'a host name or an address, without scheme and port';
    case 'patterns':
      return 'an array of command names such as ["server.create", "*.list"]';
    case 'environment':
      return 'a table of texts such as { NAME = "value" }';
    default:
      return unexpected(type);
  }
}
