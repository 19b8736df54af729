import type { Place } from '../domain/failure.ts';
import type { Workflow } from '../domain/workflow.ts';
import { oneLine } from './escape.ts';
import { placeText } from './failure.ts';
import type { Style } from './style.ts';

export interface ValidatedFile {
  readonly workflow: Workflow;
  readonly warnings: readonly { readonly message: string; readonly place: Place }[];
  /** Indices of operations that could run together. */
  readonly waves: readonly (readonly number[])[];
}

const SHOWN = 8;

/** A valid workflow in the order in which it would be executed. */
export function validationText({ workflow, warnings, waves }: ValidatedFile, style: Style): string {
  const { name, infra, operations } = workflow;
  const steps = waves.map((wave, index) => {
    const ids = wave.slice(0, SHOWN).map((operation) => operations[operation]?.id ?? '');
    const more = wave.length > SHOWN ? ` and ${wave.length - SHOWN} more` : '';
    return `  ${index + 1}. ${oneLine(ids.join(', '))}${more}\n`;
  });
  const notes = warnings.map(
    ({ message, place }) => `${style.yellow('warning:')} ${oneLine(message)} (${placeText(place)})\n`,
  );
  const count = operations.length === 1 ? '1 operation' : `${operations.length} operations`;
  return `${notes.join('')}${style.bold(oneLine(name))} is ${style.green('valid')}: ${count}, infra ${oneLine(infra)}\n${steps.join('')}`;
}
