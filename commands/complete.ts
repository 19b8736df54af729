import type { FlagInput } from '@oclif/core/interfaces';
import type { CommandClass, Entry } from './entry.ts';

/** What may stand where the cursor is. Files and folders are the shell's own business. */
export type Completion =
  { readonly kind: 'words'; readonly candidates: readonly Candidate[] } | { readonly kind: 'files' | 'folders' };

export interface Candidate {
  readonly value: string;
  /** A few words beside it, where the shell shows them. */
  readonly meaning: string;
}

/** What is asked for, by the name of the argument or of the flag that it is for. */
export interface Wanted {
  readonly name: string;
  readonly entry: Entry;
  /** Arguments that stand before it. */
  readonly given: readonly string[];
  /** Values of flags that stand before it. */
  readonly flags: ReadonlyMap<string, string>;
}

interface Known {
  readonly registry: readonly Entry[];
  /** Names that exist now. `undefined`: it has none. */
  readonly values: (wanted: Wanted) => Promise<Completion | undefined>;
}

/** `words` are those after the program's name; the last one, which may be empty, is being typed. */
export async function complete(words: readonly string[], { registry, values }: Known): Promise<Completion> {
  const [before, current] = [words.slice(0, -1), words.at(-1) ?? ''];
  const entry = named(before.slice(0, 2).join(' '), registry) ?? named(before[0] ?? '', registry);
  if (entry === undefined) return matching(current, commandWords(before, registry));
  const command = (await entry.load()).default;
  const flags: FlagInput = { ...command.flags, ...command.baseFlags };
  const read = readWords(before.slice(entry.name.split(' ').length), flags);
  const asked = { entry, given: read.given, flags: read.flags };
  const [, name = '', typed] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
  if (typed !== undefined) {
    const found = await valuesOf(name, flags, (wanted) => values({ ...asked, name: wanted }));
    return found.kind === 'words' ? matching(current, found.candidates.map(behind(`--${name}=`))) : found;
  }
  if (read.open !== undefined)
    return typedValue(current, await valuesOf(read.open, flags, (wanted) => values({ ...asked, name: wanted })));
  if (current.startsWith('-')) return matching(current, flagWords(flags, read.seen));
  const argument = argumentAt(command, read.given.length);
  const found = argument === undefined ? undefined : await values({ ...asked, name: argument });
  return typedValue(current, found ?? optionsOf(argument === undefined ? undefined : command.args[argument]?.options));
}

const named = (name: string, registry: readonly Entry[]): Entry | undefined =>
  registry.find((entry) => entry.name === name);

const behind =
  (start: string) =>
  ({ value, meaning }: Candidate): Candidate => ({ value: `${start}${value}`, meaning });

const typedValue = (current: string, found: Completion): Completion =>
  found.kind === 'words' ? matching(current, found.candidates) : found;

const matching = (current: string, candidates: readonly Candidate[]): Completion => ({
  kind: 'words',
  candidates: candidates.filter(({ value }) => value.startsWith(current)),
});

/** Nouns and single words first, then the verbs of a noun. */
function commandWords(before: readonly string[], registry: readonly Entry[]): readonly Candidate[] {
  const words = registry.map(({ name, summary }) => ({ words: name.split(' '), summary }));
  if (before.length > 1) return [];
  const [noun] = before;
  if (noun !== undefined)
    return words.flatMap(({ words: [first, verb], summary }) =>
      first === noun && verb !== undefined ? [{ value: verb, meaning: summary }] : [],
    );
  const first = new Map<string, string>();
  for (const {
    words: [word = '', verb],
    summary,
  } of words)
    if (!first.has(word)) first.set(word, verb === undefined ? summary : verbsOf(word, registry));
  return [...first].map(([value, meaning]) => ({ value, meaning }));
}

const verbsOf = (noun: string, registry: readonly Entry[]): string =>
  registry.flatMap(({ name }) => (name.startsWith(`${noun} `) ? [name.slice(noun.length + 1)] : [])).join(', ');

interface Read {
  readonly given: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
  readonly seen: ReadonlySet<string>;
  /** The flag whose value comes next. */
  readonly open: string | undefined;
}

function readWords(words: readonly string[], known: FlagInput): Read {
  const [given, flags, seen]: [string[], Map<string, string>, Set<string>] = [[], new Map(), new Set()];
  let open: string | undefined;
  for (const word of words) {
    if (open !== undefined) {
      flags.set(open, word);
      open = undefined;
    } else if (word.startsWith('-')) {
      const [start = '', value] = word.replace(/^--?/, '').split('=', 2);
      const name = known[start] === undefined ? (byLetter(start, known) ?? start) : start;
      seen.add(name);
      if (value !== undefined) flags.set(name, value);
      else if (known[name]?.type === 'option') open = name;
    } else given.push(word);
  }
  return { given, flags, seen, open };
}

const byLetter = (letter: string, known: FlagInput): string | undefined =>
  Object.entries(known).find(([, flag]) => flag.char === letter)?.[0];

const flagWords = (flags: FlagInput, seen: ReadonlySet<string>): readonly Candidate[] =>
  Object.entries(flags)
    .filter(
      ([name, flag]) => flag.hidden !== true && (!seen.has(name) || (flag.type === 'option' && flag.multiple === true)),
    )
    .map(([name, { description = '' }]) => ({ value: `--${name}`, meaning: description }));

async function valuesOf(
  name: string,
  flags: FlagInput,
  ask: (name: string) => Promise<Completion | undefined>,
): Promise<Completion> {
  const flag = flags[name];
  if (flag?.type === 'option' && flag.helpValue === 'FILE') return { kind: 'files' };
  if (flag?.type === 'option' && flag.helpValue === 'FOLDER') return { kind: 'folders' };
  if (flag?.type === 'option' && flag.options !== undefined) return optionsOf(flag.options);
  return (await ask(name)) ?? optionsOf(undefined);
}

const optionsOf = (options: readonly string[] | undefined): Completion => ({
  kind: 'words',
  candidates: (options ?? []).map((value) => ({ value, meaning: '' })),
});

/** The last argument may be one of several. */
function argumentAt({ args }: Pick<CommandClass, 'args'>, index: number): string | undefined {
  const names = Object.keys(args);
  const last = names.at(-1);
  return names[index] ?? (last !== undefined && args[last]?.multiple === true ? last : undefined);
}
