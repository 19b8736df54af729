import * as Args from '@oclif/core/args';
import { FAILURE_CODES, failure, publicCodeOf } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import { err, ok } from '../src/domain/result.ts';
import { didYouMean } from '../src/domain/suggest.ts';
import { explanationOf, explanationsText, explanationText, failureNamed } from '../src/presentation/explain.ts';
import { lines } from './answer.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

const CODES = {
  codes: Args.string({
    multiple: true,
    ignoreStdin: true,
    description: 'as printed (PRV-0006), its number, or its name; without any: all of them',
  }),
};

export default class Explain extends ProvisioningCommand {
  static override args = CODES;
  static override examples = [
    { description: 'What an error means, and what to do about it', command: 'provisioning explain PRV-0006' },
    { description: 'Every error that there is', command: 'provisioning explain' },
  ];

  protected override execute(): Promise<Outcome> {
    const words = this.argsOf(CODES).codes ?? [];
    const unknown = words.filter((word) => failureNamed(word) === undefined);
    if (unknown.length > 0) return Promise.resolve(err(unknown.map(noSuchCode)));
    const codes = words.length === 0 ? FAILURE_CODES : words.flatMap((word) => failureNamed(word) ?? []);
    const explanations = codes.map(explanationOf);
    return Promise.resolve(
      ok({
        json: () => explanations,
        text: (style) =>
          words.length === 0
            ? explanationsText(style)
            : explanations.map((explanation) => explanationText(explanation, style)).join('\n'),
        quiet: () => lines(explanations.map(({ id }) => id)),
      }),
    );
  }
}

function noSuchCode(word: string): Failure {
  const isKey = /^[a-z_]+\.[a-z_.]+$/.test(word);
  const hint = isKey
    ? `Keys of the configuration are explained by: provisioning config explain ${word}.`
    : didYouMean(word, [...FAILURE_CODES, ...FAILURE_CODES.map(publicCodeOf)]);
  const message = `no error has the code ${JSON.stringify(word.slice(0, 80))}`;
  return failure('not_found', message, { hint: hint ?? 'See all of them: provisioning explain.' });
}
