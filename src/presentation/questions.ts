import { oneLine } from './escape.ts';

const SHOWN = 10;

interface Asked {
  readonly command: string;
  readonly infra: string;
  readonly names: readonly string[];
  /** Servers; none: all. */
  readonly from: readonly string[];
}

/** Asked on a terminal before anything is destroyed. */
export function destroyQuestion({ command, infra, names, from }: Asked): string {
  const [noun = '', verb = ''] = command.split(' ');
  const plural = names.length === 1 ? noun : `${names.length} ${noun}s`;
  const whence = from.length === 0 ? '' : ` from ${some(from)}`;
  return `${verb[0]?.toUpperCase()}${verb.slice(1)} ${plural} of infra ${oneLine(infra)}: ${some(names)}${whence}? [y/N] `;
}

function some(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).map(oneLine).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
