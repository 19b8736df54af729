import type { GraphDocument } from '../../api/views.ts';
import { COLOURS } from './colours.ts';

/** For Graphviz: `dot -Tsvg`. */
export function dotText({ name, nodes, edges }: GraphDocument): string {
  return [
    `digraph ${quoted(name)} {`,
    '  rankdir=TB;',
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
    ...nodes.map(({ id, type, status }) => {
      const colour = status === null ? '' : `, fillcolor="${COLOURS[status]}", tooltip=${quoted(status)}`;
      return `  ${quoted(id)} [label=${quoted(`${id}\n${type}`)}${colour}];`;
    }),
    ...edges.map(({ from, to, kind, on }) => {
      const label = on === 'success' ? '' : `label=${quoted(`on ${on}`)}`;
      const line = kind === 'hard' ? '' : 'style=dashed';
      const facts = [label, line].filter((fact) => fact !== '').join(', ');
      return `  ${quoted(from)} -> ${quoted(to)}${facts === '' ? '' : ` [${facts}]`};`;
    }),
    '}',
    '',
  ].join('\n');
}

/** A backslash before anything but a quote is an escape of labels. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
