import type { Path } from '../ports/definitions.ts';

/** A record of the document, in today's words. */
export interface Entry {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: Path;
  /** New name → the older one that the document has. */
  readonly written: ReadonlyMap<string, string>;
}
