import type { GraphDocument } from '../../api/views.ts';
import { COLOURS } from './colours.ts';

/** For documents and pull requests: https://mermaid.js.org/syntax/flowchart.html */
export function mermaidText({ nodes, edges }: GraphDocument): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const used = new Set(nodes.flatMap(({ status }) => (status === null ? [] : [status])));
  return [
    'flowchart TD',
    ...nodes.map(({ id, type, status }) => {
      const style = status === null ? '' : `:::${status}`;
      return `  ${names.get(id)}["${escaped(id)}<br/>${escaped(type)}"]${style}`;
    }),
    ...edges.map(({ from, to, kind, on }) => {
      const label = on === 'success' ? (kind === 'hard' ? '' : kind) : `on ${on}`;
      const arrow = kind === 'hard' ? '-->' : '-.->';
      return `  ${names.get(from)} ${arrow}${label === '' ? '' : `|${label}|`} ${names.get(to)}`;
    }),
    ...[...used].map((status) => `  classDef ${status} fill:${COLOURS[status]},color:#000000`),
    '',
  ].join('\n');
}

/** Inside of quotes, mermaid knows entities by `#name;`. */
const escaped = (text: string): string => text.replaceAll(/[^A-Za-z0-9._ -]/g, (one) => `#${one.codePointAt(0) ?? 0};`);
