import type { EventDocument } from '../api/documents.ts';
import { transitionLine } from '../presentation/progress.ts';
import type { WorkOptions } from './request.ts';
import type { Terminal } from './terminal.ts';

/** Live progress: one line on stderr for each transition. */
export function createProgress(
  terminal: Terminal,
  { silent, colourless }: Pick<WorkOptions, 'silent' | 'colourless'>,
): (event: EventDocument) => void {
  if (silent) return () => undefined;
  const style = terminal.style('note', colourless);
  return (event) => {
    const line = transitionLine(event, style);
    if (line !== undefined) terminal.note(`${line}\n`);
  };
}
