import { excerpt } from '../../config/position.ts';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Position } from '../../config/position.ts';

/** Lines that are longer, or that could change the terminal, are not shown. */
const SHOWABLE = /^(?:\P{C}|\t){1,160}$/u;

/** A text that is not what its extension says, with the line in question. */
export function textProblem(
  source: { readonly file: string; readonly text: string },
  at: Position,
  message: string,
): Failure {
  const line = source.text.split('\n', at.line)[at.line - 1]?.replace(/\r$/, '') ?? '';
  const report = SHOWABLE.test(line) ? excerpt(source.text, at) : undefined;
  return failure('definition_invalid', message, { place: { file: source.file, ...at }, report });
}
