import { z } from '@hono/zod-openapi';
import { IDEMPOTENCY_KEY, KEY_PATTERN } from './paths.ts';
import * as responses from './responses.ts';

/** What the descriptions of operations in `routes.ts` are made of. */

export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

export const body = <S extends z.ZodType>(schema: S) => ({
  content: { 'application/json': { schema } },
  required: true,
});
/** May be left out altogether. */
export const optionalBody = <S extends z.ZodType>(schema: S) => ({ content: { 'application/json': { schema } } });

const problem = (description: string) => ({
  content: { 'application/problem+json': { schema: responses.problem } },
  description,
});

/** What each path can answer besides. A query that it does not know is refused by every one. */
const PROBLEMS = {
  400: problem('The request cannot be understood, or its definition is invalid.'),
  401: problem('No good token.'),
  403: problem(
    'Not for this caller: a foreign Host, a browser, a path by TCP, or a task’s own token where that is not good.',
  ),
  404: problem('There is no such thing.'),
  409: problem('It contradicts what is recorded already.'),
  413: problem('The body is too large.'),
  415: problem('The body is not application/json.'),
  500: problem('A bug of this program.'),
  503: problem('Not now: it leaves, has no room on its disk, or its restored store waits for a person.'),
};

/** By anybody without a token. */
const OPEN = [400, 403, 500] as const;
const ANY = [...OPEN, 401, 503] as const;
/** What takes a body, or might. */
const SENT = [...ANY, 413, 415] as const;

type Status = keyof typeof PROBLEMS;

type Problems<S extends Status> = Readonly<Pick<typeof PROBLEMS, S>>;

const only = <S extends Status>(statuses: readonly S[]): Problems<S> =>
  Object.fromEntries(statuses.map((status) => [status, PROBLEMS[status]])) as Problems<S>;

export const openProblems = only(OPEN);
/** Of reading; `more`: 404 and 409, where a run or a task is named, of which a prefix may mean several. */
export const readProblems = <S extends 404 | 409 = never>(...more: readonly S[]): Problems<(typeof ANY)[number] | S> =>
  only<(typeof ANY)[number] | S>([...ANY, ...more]);
export const sendProblems = <S extends 404 | 409 = never>(...more: readonly S[]): Problems<(typeof SENT)[number] | S> =>
  only<(typeof SENT)[number] | S>([...SENT, ...more]);

export const keyHeader = z.object({ [IDEMPOTENCY_KEY]: z.string().regex(KEY_PATTERN).optional() });
export const workflowParams = z.object({ id: z.string().describe('The id, a unique prefix of it, or @latest.') });
export const taskParams = z.object({ id: z.string().describe('The task_id.') });
const NATURAL = 'it is no whole number from 0 on';
export const naturalNumber = z.coerce.number(NATURAL).int(NATURAL).min(0, NATURAL);
