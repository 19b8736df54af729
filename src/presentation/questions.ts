import { oneLine } from './escape.ts';

const SHOWN = 10;

/** Asked on a terminal before anything is destroyed. */
export function destroyQuestion(what: { command: string; infra: string; names: readonly string[] }): string {
  const [noun = '', verb = ''] = what.command.split(' ');
  const more = what.names.length - SHOWN;
  const names = what.names.slice(0, SHOWN).map(oneLine).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const plural = what.names.length === 1 ? noun : `${what.names.length} ${noun}s`;
  return `${verb[0]?.toUpperCase()}${verb.slice(1)} ${plural} of infra ${oneLine(what.infra)}: ${names}? [y/N] `;
}
