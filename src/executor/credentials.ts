import { parseCredential } from '../domain/credential.ts';
import type { Credential } from '../domain/credential.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { unexpected } from '../domain/unexpected.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Captured } from './captured.ts';
import type { Attempt } from './request.ts';

export interface CredentialSources {
  readonly captured: Pick<Captured, 'value' | 'knows'>;
  readonly secrets: Secrets;
}

/** `gone`: what could be looked up once cannot be any more; the run is to wait for who hands over these variables. */
export interface Unresolved {
  readonly failure: Failure;
  readonly gone: readonly string[] | undefined;
}

/** The credentials of an attempt, as variables of its environment. They must not be written anywhere. */
export async function credentialsOf(
  attempt: Attempt,
  sources: CredentialSources | undefined,
): Promise<Result<Readonly<Record<string, string>>, Unresolved>> {
  const values: Record<string, string> = {};
  for (const [variable, text] of Object.entries(attempt.operation.credentials ?? {})) {
    if (sources === undefined) return err({ failure: failure('internal', NO_SOURCES), gone: undefined });
    const value = await valueOf(attempt, text, sources);
    if (!value.ok) return err(unresolved(attempt, variable, text, { sources, reason: value.error }));
    values[variable] = value.value;
  }
  return ok(values);
}

const NO_SOURCES = 'this engine has no access to credentials';

/** Nothing has begun: the task waits for a person where its credentials are gone, and fails where they never were there. */
export const withoutCredentials = ({ failure: reason, gone }: Unresolved): AttemptOutcome =>
  gone === undefined
    ? { kind: 'failed', failure: reason, exitCode: undefined }
    : { kind: 'revoked', reason: reason.message, pause: { wants: gone } };

async function valueOf(
  { workflowId, submission }: Attempt,
  text: string,
  { captured, secrets }: CredentialSources,
): Promise<Result<string, Failure>> {
  const credential = parseCredential(text);
  if (credential === undefined) return err(failure('definition_invalid', 'it is no reference'));
  switch (credential.from) {
    case 'env': {
      const value = captured.value(workflowId, credential.name);
      return value === undefined ? err(failure('config_invalid', 'nobody has handed it over')) : ok(value);
    }
    case 'file':
      return secrets.file(credential.path, submission);
    case 'command':
      return secrets.command(credential.argv, submission);
    default:
      return unexpected(credential);
  }
}

function unresolved(
  { workflowId, operation }: Attempt,
  variable: string,
  text: string,
  { sources, reason }: { readonly sources: CredentialSources; readonly reason: Failure },
): Unresolved {
  const message = `credential ${variable} of ${operation.id} (${text.slice(0, SHOWN)}) cannot be resolved: ${reason.message}`;
  const gone = sources.captured.knows(workflowId) ? undefined : variablesOf(operation.credentials ?? {});
  return { failure: { ...reason, message }, gone };
}

/** Characters of a reference in a message. */
const SHOWN = 200;

const variablesOf = (credentials: Readonly<Record<string, string>>): readonly string[] => {
  const found = Object.values(credentials).map(parseCredential);
  return [...new Set(found.flatMap((one: Credential | undefined) => (one?.from === 'env' ? [one.name] : [])))];
};
