import type { Json, JsonRecord } from '../../domain/json.ts';
import { isRecord } from '../../domain/json.ts';
import { quoteWord, quoteWords } from '../../domain/quote.ts';

/** In the environment of what an attempt runs on a host: by this it is found there when it is to stop. */
export const ON_HOST = 'PROVISIONING_ON_HOST';

/** One command, once as a line for a login shell (or for what stands behind `env` there), once word by word. */
export interface Command {
  readonly line: string;
  readonly words: readonly string[];
}

/** The command of `command.run` with its variables, in its folder. */
export function commandOf(params: JsonRecord, fence: string): Command {
  const own = (isRecord(params['env']) ? params['env'] : {}) as Readonly<Record<string, string>>;
  const variables = Object.entries({ [ON_HOST]: fence, ...own });
  const command = inFolder(params['cwd'], (params['argv'] as readonly Json[]).map(String));
  const line = [...variables.map(([name, value]) => `${name}=${quoteWord(value)}`), quoteWords(command)].join(' ');
  return { line, words: ['env', ...variables.map(([name, value]) => `${name}=${value}`), ...command] };
}

function inFolder(cwd: Json | undefined, argv: readonly string[]): readonly string[] {
  if (typeof cwd === 'string') return ['sh', '-c', 'cd -- "$1" && shift && exec "$@"', 'sh', cwd, ...argv];
  // Such a program would be taken for one more variable.
  return argv[0]?.includes('=') === true ? ['sh', '-c', 'exec "$@"', 'sh', ...argv] : argv;
}
