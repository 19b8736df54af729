import type { Entry } from '../../commands/entry.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { didYouMean } from '../domain/suggest.ts';

/** `words`: those before the first flag. */
export function unknownCommand(words: readonly string[], registry: readonly Entry[]): Failure {
  const [first] = words;
  if (first === undefined) {
    const hint = 'Write the command first: provisioning server list --json.';
    return failure('usage', 'flags stand before the command', { hint });
  }
  if (words.length === 1 && registry.some((entry) => entry.name.startsWith(`${first} `)))
    return failure('usage', `"${first}" needs a verb before its flags`, { hint: `See: provisioning help ${first}.` });
  const name = words.slice(0, 2).join(' ');
  const hint = suggestion(name, first, registry) ?? 'See: provisioning help.';
  return failure('usage', `there is no command ${JSON.stringify(name.slice(0, 80))}`, { hint });
}

function suggestion(name: string, first: string, registry: readonly Entry[]): string | undefined {
  const names = registry.map((entry) => entry.name);
  const nouns = new Set(names.map((known) => known.split(' ')[0] ?? ''));
  const whole = didYouMean(name, names);
  if (whole !== undefined || nouns.has(first)) return whole ?? `See: provisioning help ${first}.`;
  return didYouMean(first, nouns);
}
