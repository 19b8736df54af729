import type { KeyPath } from './keys.ts';
import type { Position } from './position.ts';
import type { Value } from './value-type.ts';

/** Where a value was said. */
export type Origin =
  | { readonly kind: 'builtin'; readonly because: string | undefined }
  | ({ readonly kind: 'file'; readonly file: string; readonly alias: string | undefined } & FilePlaces)
  | { readonly kind: 'variable'; readonly name: string };

/** `line` and `column` are those of the key. */
interface FilePlaces extends Position {
  /** For an array: the place of each element. */
  readonly elements?: readonly Position[];
  /** For a table: the place of each of its keys. */
  readonly entries?: Readonly<Record<string, Position>>;
}

/** One layer's word about one key. Layers are kept in order, the lowest first. */
export interface Said {
  readonly key: KeyPath;
  readonly value: Value;
  readonly origin: Origin;
}

/** `PATH:LINE`, a variable's name, or `built in`. */
export function originText(origin: Origin): string {
  if (origin.kind === 'builtin') return 'built in';
  return origin.kind === 'variable' ? origin.name : `${origin.file}:${origin.line}`;
}

/** Like `originText`, but of one element of an array. */
export function elementText(origin: Origin, index: number): string {
  const line = origin.kind === 'file' ? origin.elements?.[index]?.line : undefined;
  return origin.kind === 'file' && line !== undefined ? `${origin.file}:${line}` : originText(origin);
}

/** Like `originText`, but of one key of a table. */
export function entryText(origin: Origin, name: string): string {
  const line = origin.kind === 'file' ? origin.entries?.[name]?.line : undefined;
  return origin.kind === 'file' && line !== undefined ? `${origin.file}:${line}` : originText(origin);
}
