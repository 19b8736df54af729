import { FAILPOINTS } from '../domain/failpoint.ts';
import type { ArmedFailpoint } from '../domain/failpoint.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import { said } from './paths.ts';
import type { Environment } from './paths.ts';

const VARIABLE = 'PROVISIONING_FAILPOINT';

/** The failpoint that a crash test armed for this process, and for no other. */
export function readFailpoint(variables: Environment): Result<ArmedFailpoint | undefined, Failure> {
  const text = said(variables[VARIABLE]);
  if (text === undefined) return ok(undefined);
  const [word = '', passage = '1', ...rest] = text.split(':');
  const name = FAILPOINTS.find((known) => known === word);
  if (name !== undefined && /^[1-9]\d*$/.test(passage) && rest.length === 0)
    return ok({ name, passage: Number(passage) });
  const message = `${VARIABLE} must be NAME or NAME:PASSAGE, not ${JSON.stringify(text)}.`;
  const hint = didYouMean(word, FAILPOINTS) ?? `Names: ${FAILPOINTS.join(', ')}. It is for crash tests: unset it.`;
  return err(failure('config_invalid', message, { hint }));
}

/** What is handed on to tasks and to an orchestrator that this process starts: they have not been told to die. */
export function withoutFailpoint(variables: Environment): Environment {
  const { [VARIABLE]: _, ...others } = variables;
  return others;
}
