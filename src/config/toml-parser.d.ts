/**
 * The inside of the package `toml` (pinned): its public `parse` drops the offsets that its own parser has found.
 * `test/config/toml.test.ts` fails when a new version moves them.
 */
declare module 'toml/lib/parser.js' {
  export type AstValue =
    | { readonly type: 'String'; readonly value: string; readonly offset: number }
    | { readonly type: 'Integer'; readonly value: bigint; readonly offset: number }
    | { readonly type: 'Float'; readonly value: number; readonly offset: number }
    | { readonly type: 'Boolean'; readonly value: boolean; readonly offset: number }
    | { readonly type: 'Date'; readonly value: Date; readonly offset: number }
    | { readonly type: 'LocalDateTime' | 'LocalDate' | 'LocalTime'; readonly value: string; readonly offset: number }
    | { readonly type: 'Array'; readonly value: readonly AstValue[]; readonly offset: number }
    | { readonly type: 'InlineTable'; readonly value: readonly AstPair[]; readonly offset: number };

  /** `offset` is that of the first character of the first key. */
  export interface AstPair {
    readonly type: 'Assign' | 'InlineTableValue';
    readonly key: readonly string[];
    readonly value: AstValue;
    readonly offset: number;
  }
  /** `[a.b]` and `[[a.b]]`; `offset` is that of the first bracket. */
  export interface AstHeader {
    readonly type: 'ObjectPath' | 'ArrayPath';
    readonly value: readonly string[];
    readonly offset: number;
  }
  export type AstNode = AstPair | AstHeader;

  const parser: { parse(text: string): readonly AstNode[] };
  export default parser;
}

declare module 'toml/lib/compiler.js' {
  import type { AstNode } from 'toml/lib/parser.js';

  /** Throws where a key or table is defined twice or a number does not fit. */
  const compiler: { compile(nodes: readonly AstNode[], text: string): unknown };
  export default compiler;
}
