import { isRecord } from '../domain/json.ts';
import type { JsonRecord } from '../domain/json.ts';
import { didYouMean } from '../domain/suggest.ts';
import { NAME } from '../domain/workflow.ts';
import type { Path } from '../ports/definitions.ts';
import { jsonProblems } from './plain.ts';
import { describe, quote } from './quote.ts';
import type { Report } from './report.ts';

const NAME_HINT =
  'A name begins with a letter or a digit, goes on with letters, digits, ".", "_" or "-", and has at most 63 characters.';

const NOTHING: ReadonlyMap<string, string> = new Map();

export interface Range {
  readonly min: number;
  readonly max: number;
  /** What the number counts or measures, after "a whole number of" or "a number of". */
  readonly unit?: string;
}

/**
 * Reads the fields of one record. Each reader gives the value, or nothing where there is none or a wrong one;
 * a wrong one is reported at its place. `null` counts as not given, as programs that write JSON expect.
 */
export class Fields {
  readonly report: Report;
  readonly path: Path;
  readonly #record: Readonly<Record<string, unknown>>;
  /** Keys that are written otherwise in the document: new name → the name that stands there. */
  readonly #written: ReadonlyMap<string, string>;

  constructor(
    where: { readonly report: Report; readonly path: Path },
    record: Readonly<Record<string, unknown>>,
    written: ReadonlyMap<string, string> = NOTHING,
  ) {
    this.report = where.report;
    this.path = where.path;
    this.#record = record;
    this.#written = written;
  }

  /** The raw value; what a prototype has is no field. */
  value(key: string): unknown {
    return Object.hasOwn(this.#record, key) ? (this.#record[key] ?? undefined) : undefined;
  }

  pathOf(key: string): Path {
    return [...this.path, this.#written.get(key) ?? key];
  }

  fail(key: string, message: string, hint?: string): void {
    this.report.fail(this.pathOf(key), message, hint);
  }

  missing(key: string, hint: string): void {
    this.report.fail(this.path, `"${key}" is missing`, hint);
  }

  /** A short text in one line. */
  text(key: string, max = 1000): string | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#expected(key, 'a string', value);
    if (value.length > max) return this.#expected(key, `at most ${max} characters long`, value);
    return value;
  }

  /** What a user may call something. */
  name(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    return checkName(this.report, this.pathOf(key), value) ? value : undefined;
  }

  /** Names in a list; a name given twice counts once. */
  names(key: string): readonly string[] | undefined {
    const items = this.list(key, 'a list of names');
    if (items === undefined) return undefined;
    const good = items.filter((item, index) => checkName(this.report, [...this.pathOf(key), index], item));
    return [...new Set(good as readonly string[])];
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    return value === undefined || typeof value === 'boolean' ? value : this.#expected(key, 'true or false', value);
  }

  integer(key: string, range: Range): number | undefined {
    return this.#number(key, { ...range, whole: true });
  }

  number(key: string, range: Range): number | undefined {
    return this.#number(key, { ...range, whole: false });
  }

  choice<T extends string>(key: string, words: readonly T[]): T | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const hint = typeof value === 'string' ? didYouMean(value, words) : undefined;
    return this.#expected(key, `one of ${words.join(', ')}`, value, hint);
  }

  list(key: string, what: string, hint?: string): readonly unknown[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    return Array.isArray(value) ? value : this.#expected(key, what, value, hint);
  }

  record(key: string, hint?: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    return isRecord(value) ? value : this.#expected(key, 'a record', value, hint);
  }

  /** A record of plain data; an empty one where there is none. */
  json(key: string, hint?: string): JsonRecord | undefined {
    if (this.value(key) === undefined) return {};
    const value = this.record(key, hint);
    for (const { path, message, hint: remedy } of value === undefined ? [] : jsonProblems(value))
      this.report.fail([...this.pathOf(key), ...path], message, remedy);
    return value as JsonRecord | undefined;
  }

  /** Reports every key that is not known; `inside`: those of what is listed in it. */
  only(known: readonly string[], inside?: { readonly keys: readonly string[]; readonly what: string }): void {
    const hintOf = (key: string): string =>
      inside?.keys.includes(key) === true
        ? `It is a key of ${inside.what}: write it there.`
        : (didYouMean(key, known) ?? `Known here: ${known.join(', ')}.`);
    for (const key of Object.keys(this.#record))
      if (!known.includes(key)) this.fail(key, `unknown key ${quote(key)}`, hintOf(key));
  }

  #number(key: string, { min, max, unit, whole }: Range & { readonly whole: boolean }): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const good = typeof value === 'number' && (whole ? Number.isSafeInteger(value) : Number.isFinite(value));
    if (good && value >= min && value <= max) return value;
    const kind = `${whole ? 'a whole number' : 'a number'}${unit === undefined ? '' : ` of ${unit}`}`;
    return this.#expected(
      key,
      `${kind}, ${max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`}`,
      value,
    );
  }

  #expected(key: string, what: string, value: unknown, hint?: string): undefined {
    this.fail(key, `"${key}" must be ${what}; found ${describe(value)}`, hint);
    return undefined;
  }
}

/** Reports at `path` what may not be a name. */
function checkName(report: Report, path: Path, value: unknown): value is string {
  if (typeof value === 'string' && NAME.test(value)) return true;
  report.fail(
    path,
    typeof value === 'string' ? `${quote(value)} is not a name` : `a name must be a string; found ${describe(value)}`,
    NAME_HINT,
  );
  return false;
}
