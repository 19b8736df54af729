import { failure } from '../domain/failure.ts';
import type { Failure, Place } from '../domain/failure.ts';
import type { Document, Path } from '../ports/definitions.ts';

/** Something that was understood but should be written otherwise. */
export interface Warning {
  readonly message: string;
  readonly place: Place;
}

/** Collects all that is wrong with one document, so that its writer sees everything at once. */
export class Report {
  readonly failures: Failure[] = [];
  readonly warnings: Warning[] = [];
  readonly #document: Document;
  readonly #warned = new Set<string>();
  readonly #skips: (path: Path) => boolean;

  constructor(document: Document, skips: (path: Path) => boolean = () => false) {
    this.#document = document;
    this.#skips = skips;
  }

  /** A report of its own about the same document, without what would be said about some places. */
  without(skips: (path: Path) => boolean): Report {
    return new Report(this.#document, skips);
  }

  fail(path: Path, message: string, hint?: string): void {
    if (this.#skips(path)) return;
    this.failures.push(failure('definition_invalid', message, { place: this.place(path), hint }));
  }

  /** The same message is given once per document, where it applies first. */
  warn(path: Path, message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.warnings.push({ message, place: this.place(path) });
  }

  place(path: Path): Place {
    return this.#document.locate(path);
  }

  /** A place in one line, for messages about two places: `deploy.json:3:5` or `operations[0] (web-1)`. */
  placeText(path: Path): string {
    const place = this.place(path);
    if (place.line === undefined) return place.path ?? place.file;
    return `${place.file}:${place.line}:${place.column ?? 1}`;
  }
}
