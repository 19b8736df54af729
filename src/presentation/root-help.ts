import type { CommandLine } from './help.ts';
import type { Style } from './style.ts';

export interface RootHelp {
  readonly version: string;
  readonly topics: readonly CommandTopic[];
}

export interface CommandTopic {
  readonly title: string;
  readonly commands: readonly CommandLine[];
}

/** Of a terminal. */
const WIDTH = 80;

export const ABOUT = 'creates servers, installs services and builds clusters';

export const FIRST_EXAMPLES: readonly (readonly [meaning: string, command: string])[] = [
  ['a workspace with a first infra', 'provisioning workspace init wuji'],
  ['one server, here and now', 'provisioning server create web-1 --direct'],
  ['what ran, and how it ended', 'provisioning workflow list'],
];

/** `provisioning help`: a screenful. A noun has one line with its verbs. */
export function rootHelp({ version, topics }: RootHelp, style: Style): string {
  const lines = topics.map(({ commands }) => nounLines(commands));
  const width = Math.max(...lines.flat().map(([left]) => left.length));
  const sections = topics.map(({ title }, index) => section(title, rows(lines[index] ?? [], width), style));
  const longest = Math.max(...FIRST_EXAMPLES.map(([, command]) => command.length));
  const examples = FIRST_EXAMPLES.map(
    ([meaning, command]) => `  ${style.cyan(`$ ${command}`)}${' '.repeat(longest - command.length)}  ${meaning}\n`,
  );
  return [
    `provisioning ${version}: ${ABOUT}.\n`,
    'Usage: provisioning COMMAND [NAME…] [FLAGS]\n',
    ...sections,
    section('Examples', examples, style),
    'More: provisioning help COMMAND, provisioning help exit-codes\n',
  ].join('\n');
}

/** `server` with its verbs; a noun of one verb, and a word that is a command itself, with what it does. */
function nounLines(commands: readonly CommandLine[]): readonly (readonly [left: string, right: string])[] {
  const seen = new Map<string, string>();
  return [...Map.groupBy(commands, ({ name }) => name.split(' ')[0] ?? '')].map(([noun, [first, ...others]]) => {
    if (first === undefined || others.length === 0) return [first?.name ?? noun, first?.summary ?? ''];
    const verbs = [first, ...others].map(({ name }) => name.slice(noun.length + 1)).join(', ');
    const same = seen.get(verbs + first.summary);
    seen.set(verbs + first.summary, same ?? noun);
    return [noun, same === undefined ? verbs : `the same as ${same}`];
  });
}

const rows = (lines: readonly (readonly [string, string])[], width: number): readonly string[] =>
  lines.map(([left, right]) => {
    const indent = ' '.repeat(width + 4);
    return `  ${left.padEnd(width)}  ${wrapped(right, WIDTH - width - 4).join(`\n${indent}`)}\n`;
  });

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const section = (title: string, lines: readonly string[], style: Style): string =>
  `${style.bold(title)}\n${lines.join('')}`;
