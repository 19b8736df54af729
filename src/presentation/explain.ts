import { FAILURE_CODES, FAILURES, publicCodeOf } from '../domain/failure.ts';
import type { FailureCode } from '../domain/failure.ts';
import { EXPLANATIONS } from './explanations.ts';
import { MEANINGS } from './help.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** `explain --json`: one of these for each code. */
export interface ExplanationDocument {
  readonly id: string;
  readonly code: FailureCode;
  readonly means: string;
  readonly causes: string[];
  readonly remedies: string[];
  readonly exit: number;
  /** The same command may succeed later although nothing was changed. */
  readonly retryable: boolean;
}

export function explanationOf(code: FailureCode): ExplanationDocument {
  const { exit, retryable } = FAILURES[code];
  const { means, causes, remedies } = EXPLANATIONS[code];
  return { id: publicCodeOf(code), code, means, causes: [...causes], remedies: [...remedies], exit, retryable };
}

/** `PRV-0006`, `prv6`, `0006`, `6`, `not_found` or `not-found`. */
export function failureNamed(word: string): FailureCode | undefined {
  const number = /^(?:prv-?)?(\d{1,4})$/i.exec(word)?.[1];
  if (number !== undefined) return FAILURE_CODES.find((code) => FAILURES[code].number === Number(number));
  const name = word.toLowerCase().replaceAll('-', '_');
  return FAILURE_CODES.find((code) => code === name);
}

/** Everything about one failure. */
export function explanationText({ id, code, ...rest }: ExplanationDocument, style: Style): string {
  const { means, causes, remedies, exit, retryable } = rest;
  const list = (title: string, items: readonly string[]): string =>
    `${style.bold(title)}\n${items.map((item) => `  - ${item}\n`).join('')}`;
  return [
    `${style.bold(id)}  ${code}\n\n${means}\n`,
    list('Typical causes', causes),
    list('What to do', remedies),
    `Exit code ${exit}: ${MEANINGS[exit] ?? ''}. Trying the same again ${retryable ? 'may help, after a while' : 'does not help before something has changed'}.\n`,
  ].join('\n');
}

/** All of them, one a line. */
export function explanationsText(style: Style): string {
  const rows = FAILURE_CODES.map(explanationOf).map(({ id, code, exit, means }) => [id, code, String(exit), means]);
  return table(['CODE', 'NAME', 'EXIT', 'MEANING'], rows, style);
}
