import type { Entry } from '../../commands/entry.ts';

/** What a command line asks for, as far as it can be told without loading a command. */
export type Wish =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly words: readonly string[] }
  | { readonly kind: 'command'; readonly entry: Entry; readonly rest: readonly string[] }
  /** `words` are those before the first flag. */
  | { readonly kind: 'unknown'; readonly words: readonly string[] };

export function readWish(argv: readonly string[], registry: readonly Entry[]): Wish {
  const [first = '', second] = argv;
  if (['version', '--version', '-v'].includes(first) && argv.length === 1) return { kind: 'version' };
  const end = argv.findIndex(isFlag);
  const words = end === -1 ? argv : argv.slice(0, end);
  const entry = named(words.slice(0, 2).join(' '), registry) ?? named(first, registry);
  const help = named('help', registry);
  if (help !== undefined && wantsHelp(argv) && argv.includes('--json'))
    return { kind: 'command', entry: help, rest: [...(entry?.name.split(' ') ?? words.slice(0, 1)), '--json'] };
  if (argv.length === 0 || wantsHelp(argv)) return { kind: 'help', words: entry?.name.split(' ') ?? words.slice(0, 1) };
  if (first === 'help' && end === -1) return { kind: 'help', words: words.slice(1) };
  if (entry !== undefined) return { kind: 'command', entry, rest: argv.slice(entry.name.split(' ').length) };
  const isNoun = registry.some(({ name }) => name.startsWith(`${first} `));
  if (isNoun && second === undefined) return { kind: 'help', words: [first] };
  if (isNoun && help !== undefined && argv.slice(1).every((word) => PRINT_FLAGS.has(word)))
    return { kind: 'command', entry: help, rest: argv };
  return { kind: 'unknown', words };
}

/** How something is printed, whatever it is. */
const PRINT_FLAGS: ReadonlySet<string> = new Set(['--json', '--quiet', '-q', '--no-color']);

const isFlag = (argument: string): boolean => argument.startsWith('-');

const named = (name: string, registry: readonly Entry[]): Entry | undefined =>
  registry.find((entry) => entry.name === name);

function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => word === '--help' || word === '-h');
}
