import { failure } from './failure.ts';
import type { Failure } from './failure.ts';
import { err, ok } from './result.ts';
import type { Result } from './result.ts';
import type { Workflow } from './workflow.ts';

/** Where a credential is: its value is looked up when an attempt starts, and never stored. */
export type Credential =
  /** A variable of the environment of the command that submitted the run; held in memory only. */
  | { readonly from: 'env'; readonly name: string }
  /** The content of a file, without the end of its last line. A relative path begins in the workspace. */
  | { readonly from: 'file'; readonly path: string }
  /** What a program prints, likewise. It starts in the workspace. */
  | { readonly from: 'command'; readonly argv: readonly [string, ...string[]] };

/** Name of a variable of the environment. */
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads `env:NAME`, `file:PATH` and `command:["program","argument"]`; `undefined` for anything else. */
export function parseCredential(text: string): Credential | undefined {
  const [, from, rest = ''] = /^(env|file|command):(.+)$/s.exec(text) ?? [];
  if (from === undefined || rest.includes('\0')) return undefined;
  if (from === 'env') return VARIABLE.test(rest) ? { from, name: rest } : undefined;
  if (from === 'file') return { from, path: rest };
  const argv = argumentsIn(rest);
  return argv === undefined ? undefined : { from: 'command', argv };
}

/** The variables that a run needs of its submitter's environment, each once; `undefined`: it has no credentials at all. */
export function capturedNames({ operations }: Pick<Workflow, 'operations'>): readonly string[] | undefined {
  const references = operations.flatMap(({ credentials }) => Object.values(credentials ?? {}));
  if (references.length === 0) return undefined;
  const names = references.map(parseCredential).flatMap((found) => (found?.from === 'env' ? [found.name] : []));
  return [...new Set(names)];
}

/**
 * The values that a command hands over together with a run, from its own environment; `undefined` where the run has no
 * credentials. They belong beside the run, never into anything that is stored.
 */
export function captureFrom(
  workflow: Pick<Workflow, 'operations'>,
  variables: Readonly<Record<string, string | undefined>>,
): Result<Readonly<Record<string, string>> | undefined, Failure> {
  const names = capturedNames(workflow);
  return names === undefined ? ok(undefined) : valuesOf(names, variables);
}

/** The values of variables that somebody names; `undefined` where nobody names any. */
export const pickVariables = (
  variables: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Result<Readonly<Record<string, string>> | undefined, Failure> =>
  names.length === 0 ? ok(undefined) : valuesOf(names, variables);

function valuesOf(
  names: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Result<Readonly<Record<string, string>>, Failure> {
  const missing = names.filter((name) => (variables[name] ?? '') === '');
  if (missing.length === 0) return ok(Object.fromEntries(names.map((name) => [name, variables[name] ?? ''])));
  const [what, them] = missing.length === 1 ? ['a credential', 'it'] : ['each of these credentials', 'them'];
  const message = `${missing.slice(0, 10).join(', ')} not set in the environment, where ${what} is expected`;
  return err(failure('usage', message, { hint: `Set ${them}, then do this again.` }));
}

function argumentsIn(text: string): readonly [string, ...string[]] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string' && !one.includes('\0')))
      return undefined;
    const [program, ...rest] = value as string[];
    return program === undefined || program === '' ? undefined : [program, ...rest];
  } catch {
    return undefined;
  }
}
