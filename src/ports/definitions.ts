import type { Failure, Place } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';

/** Steps into data: `['operations', 3, 'id']`. */
export type Path = readonly (string | number)[];

/** A definition file as data, with the way back from data to text. */
export interface Document {
  readonly file: string;
  readonly value: unknown;
  /** The place of the value at `path`, or of the nearest enclosing one that has a place. */
  locate(path: Path): Place;
}

/** In place of a file: JSON on the standard input. */
export const STDIN = '-';

/** Reads workflow and infra files: `.ncl`, `.toml`, `.yaml`, `.yml`, `.json`. */
export interface Definitions {
  /** `file` is absolute, or `STDIN`, once. Never throws for what a user wrote. */
  read(file: string): Promise<Result<Document, readonly Failure[]>>;
}
