import type { Context, TypedResponse } from 'hono';
import { PROBLEM_TYPE, toProblem } from '../api/problems.ts';
import type { FailureDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';

/** Under which every route declares a problem: the types are content with one, `test/daemon/openapi.test.ts` with the real ones. */
type ProblemStatus = 500;

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
  return c.json(body, body.status as ProblemStatus, { 'Content-Type': PROBLEM_TYPE }) as Response &
    TypedResponse<ProblemBody, ProblemStatus, 'json'>;
}

const isList = (failures: Failure | readonly Failure[]): failures is readonly Failure[] => Array.isArray(failures);
