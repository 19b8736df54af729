import { manyLines, oneLine } from './escape.ts';
import type { Style } from './style.ts';

export interface TaskOutput {
  readonly id: string;
  /** Which try it is the output of, from 1. */
  readonly attempt: number;
  readonly output: string;
}

/** Between the outputs of two attempts, while they are followed. */
export const attemptText = (id: string, attempt: number): string => `${id} is tried again (attempt ${attempt})`;

/** What a task printed; with a heading where there are several tasks. */
export function taskOutput({ id, attempt, output }: TaskOutput, isOneOfMany: boolean, style: Style): string {
  const text = manyLines(output);
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  if (!isOneOfMany) return body;
  return `${style.bold(oneLine(id))}${attempt > 1 ? ` (attempt ${attempt})` : ''}\n${body}\n`;
}
