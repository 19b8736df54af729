import { exitCodes } from './help.ts';
import type { CommandHelp } from './help.ts';
import { ABOUT, FIRST_EXAMPLES } from './root-help.ts';

export interface ManPage {
  readonly version: string;
  readonly topics: readonly ManTopic[];
  /** Of keys of the configuration. */
  readonly variables: readonly Described[];
  /** Documents of the configuration, the lowest layer first. */
  readonly documents: readonly Described[];
}

export interface ManTopic {
  readonly title: string;
  readonly commands: readonly ManCommand[];
}

export interface ManCommand extends CommandHelp {
  /** Other names of the same command. */
  readonly aliases: readonly string[];
}

type Described = readonly [term: string, meaning: string];

const VARIABLES: readonly Described[] = [
  ['PROVISIONING_MODE', 'auto, direct or orchestrated: where work is done, before any rule'],
  ['PROVISIONING_WORKSPACE', 'folder of the workspace, where --workspace does not name it'],
  ['PROVISIONING_TOKEN_FILE', "file with the orchestrator's token"],
  ['NO_COLOR', 'no colours, whatever it is set to'],
  ['CI', 'nobody watches: no pictures, no colours, a shorter idle time of the orchestrator'],
  ['TERM', 'dumb: no pictures and no colours'],
  ['LC_ALL, LC_CTYPE, LANG', 'where none says UTF-8, pictures are drawn in ASCII'],
  ['XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME', 'what stands for ~/.config, ~/.local/state and ~/.cache'],
];

const FILES: readonly Described[] = [
  ['~/.local/state/provisioning', 'what is recorded, unless storage.data_dir names another folder'],
  ['~/.cache/provisioning', 'what the program unpacks for itself; may be removed'],
];

/** `provisioning man`: a page in roff, of the man macros. */
export function manPage({ version, topics, variables, documents }: ManPage): string {
  const commonFlags = topics[0]?.commands[0]?.commonFlags ?? [];
  return [
    `.TH PROVISIONING 1 "" "provisioning ${roff(version)}"`,
    '.SH NAME',
    `provisioning \\- ${roff(ABOUT)}`,
    '.SH SYNOPSIS',
    '.B provisioning',
    '.I COMMAND',
    '[\\fINAME\\fR...] [\\fIFLAGS\\fR]',
    '.SH COMMANDS',
    ...topics.flatMap(({ title, commands }) => [`.SS ${macroArgument(title)}`, ...commands.flatMap(commandLines)]),
    '.SH OPTIONS',
    'Every command has these.',
    ...commonFlags.flatMap(definition),
    '.SH EXIT STATUS',
    ...exitCodes().flatMap(definition),
    '.SH ENVIRONMENT',
    ...[...VARIABLES, ...variables].flatMap(definition),
    '.SH FILES',
    ...[...documents, ...FILES].flatMap(definition),
    '.SH EXAMPLES',
    ...FIRST_EXAMPLES.flatMap(example),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function commandLines(command: ManCommand): readonly string[] {
  const names = [command.name, ...command.aliases].map((name) => `\\fB${roff(name)}\\fR`).join(', ');
  const details = [...command.arguments, ...command.flags];
  return [
    '.TP',
    command.args === '' ? names : `${names} ${roff(command.args)}`,
    textLine(command.summary),
    ...(details.length === 0 ? [] : ['.RS', ...details.flatMap(definition), '.RE']),
  ];
}

const definition = ([term, meaning]: Described): readonly string[] => [
  '.TP',
  `\\fB${roff(term)}\\fR`,
  textLine(meaning),
];

const example = ([meaning, command]: Described): readonly string[] => [
  '.TP',
  textLine(meaning),
  `\\fB${roff(command)}\\fR`,
];

/** A line of text: never empty, and never taken for a request. */
export const textLine = (text: string): string => roff(text).replace(/^$|^(?=[.'])/, '\\&');

const macroArgument = (text: string): string => `"${roff(text).replaceAll('"', '\\(dq')}"`;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\e', '-': '\\-', '~': '\\(ti', '^': '\\(ha', '`': '\\(ga' };

/** Text as it stands within a line. What is not ASCII goes by its code point, which no reader's locale changes. */
export const roff = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\~^`-]/g, (character) => ESCAPES[character] ?? character)
    .replaceAll(/[^\u0020-\u007e]/gu, (character) => `\\[u${hex(character)}]`);

const hex = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
