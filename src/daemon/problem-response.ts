import type { Context, TypedResponse } from 'hono';
import { PROBLEM_TYPE, toProblem } from '../api/problems.ts';
import type { FailureDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';

/** The statuses under which every route declares a problem. */
type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 500 | 503;

interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  id: string;
  retryable: boolean;
  place?: FailureDocument['place'];
  hint?: string | undefined;
  report?: string | undefined;
  errors?: (FailureDocument & { id: string })[] | undefined;
}

/** A failure, or several of one request, as `application/problem+json`. */
export function problem(
  c: Context,
  failures: Failure | readonly Failure[],
): Response & TypedResponse<ProblemBody, ProblemStatus, 'json'> {
  const body = toProblem(isList(failures) ? failures : [failures]);
  if (body.status === 401) c.header('WWW-Authenticate', 'Bearer');
  // The failure table has a few statuses that no operation of this API answers with; the types know the others.
  return c.json(body, body.status as 400, { 'Content-Type': PROBLEM_TYPE }) as Response &
    TypedResponse<ProblemBody, ProblemStatus, 'json'>;
}

const isList = (failures: Failure | readonly Failure[]): failures is readonly Failure[] => Array.isArray(failures);
