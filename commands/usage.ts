import { CLIError } from '@oclif/core/errors';
import { failure } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import { didYouMean } from '../src/domain/suggest.ts';
import { LATER_FLAGS } from './later.ts';

interface Asked {
  /** `server create` */
  readonly command: string;
  /** Without dashes. */
  readonly flags: readonly string[];
}

/** What oclif's parser says of a command line, in our words. Anything else that was thrown is a bug: thrown again. */
export function usageFailure(error: unknown, asked: Asked): Failure {
  if (!(error instanceof CLIError)) throw error;
  const help = `See: provisioning help ${asked.command}.`;
  const flags = namesIn(error, 'flags');
  if (flags.length > 0) return unknownFlag(flags[0] ?? '', asked, help);
  const args = namesIn(error, 'args');
  if (args.length === 0) return failure('usage', plain(error.message), { hint: help });
  const isMissing = error.message.startsWith('Missing');
  const what = isMissing ? args.map((name) => name.toUpperCase()).join(' and ') : JSON.stringify(args[0]);
  const message = isMissing
    ? `"${asked.command}" needs ${what}`
    : `"${asked.command}" takes no further argument, but got ${what}`;
  return failure('usage', message, { hint: help });
}

function unknownFlag(given: string, { command, flags }: Asked, help: string): Failure {
  const flag = given.split('=')[0] ?? given;
  if (LATER_FLAGS.has(flag)) return failure('usage', `${flag} is not in this version`, { hint: help });
  const hint =
    didYouMean(
      flag,
      flags.map((name) => `--${name}`),
    ) ?? help;
  return failure('usage', `"${command}" has no flag ${flag}`, { hint });
}

/** oclif gives plain strings, or definitions with a name. */
function namesIn(error: CLIError, key: 'flags' | 'args'): readonly string[] {
  const values: unknown = key in error ? (error as unknown as Record<string, unknown>)[key] : undefined;
  if (!Array.isArray(values)) return [];
  return values.map((value: unknown) =>
    typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : String(value),
  );
}

/** Without oclif's frame around it. */
function plain(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const kept = lines.filter((line) => line !== '' && !/^(See more help|The following error)/.test(line));
  const text = kept.join('; ').replaceAll(/=true\b/g, '');
  return IN_OUR_WORDS.reduce((said, [theirs, ours]) => said.replace(theirs, ours), text);
}

const IN_OUR_WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^Parsing (--\S+); Expected an integer(?: greater than or equal to 0)? but received: (.*)$/,
    '$1 must be a whole number, not "$2"',
  ],
  [
    /^Parsing (--\S+); Expected an integer greater than or equal to (\S+) but received: (.*)$/,
    '$1 must be $2 or more, not "$3"',
  ],
  [
    /^Parsing (--\S+); Expected an integer less than or equal to (\S+) but received: (.*)$/,
    '$1 must be $2 or less, not "$3"',
  ],
  [/^Expected (--\S+)=(.*) to be one of: (.*)$/, '$1 must be one of $3, not "$2"'],
  [/^Expected (.*) to be one of: (.*)$/, '"$1" is none of $2'],
  [/^Flag (--\S+) expects a value$/, '$1 needs a value'],
  [/^Flag (--\S+) expects one of these values: (.*)$/, '$1 needs a value: one of $2'],
  [/^Flag (--\S+) can only be specified once$/, '$1 is given more than once'],
  [/^Missing required flag (\S+)$/, '--$1 is missing'],
  [/^(--\S+) cannot also be provided when using (--\S+)$/, '$2 and $1 exclude each other'],
  [/^All of the following must be provided when using (--\S+): (.*)$/, '$1 is only for $2'],
];
