import type { DatabaseSync } from 'node:sqlite';
import { COMPARING } from '../../domain/comparing.ts';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { prepared } from './prepared.ts';

const SHOWN_CANDIDATES = 5;

/**
 * The newest run that somebody asked for so that something changes. A rollback that its run wanted by itself
 * (`on_failure`) is not meant: it came unasked, moments after what a person or script is about to ask about. Nor is a
 * command that only compares, with which one looks what that has left. (A workflow's file may be named like one.)
 */
const LATEST = `SELECT id FROM runs
  WHERE CASE
    WHEN key LIKE 'rollback:%' THEN (SELECT submission ->> '$.automatic' FROM submissions WHERE run = id) IS NULL
    WHEN name IN ('${Object.values(COMPARING).join("', '")}')
      THEN (SELECT submission ->> '$.source' FROM submissions WHERE run = id) IS NOT NULL
    ELSE true
  END ORDER BY id DESC LIMIT 1`;
const NEWEST = 'SELECT id FROM runs ORDER BY id DESC LIMIT 1';

/** The full id of a run named by its id, a unique prefix of it, or `@latest`. */
export function findRun(database: DatabaseSync, said: string): Result<string, Failure> {
  if (said === '@latest') {
    const row = database.prepare(LATEST).get() ?? database.prepare(NEWEST).get();
    return row === undefined ? err(NONE_YET) : ok(String(row['id']));
  }
  if (!/^[0-9a-f-]{1,36}$/i.test(said)) return err(notFound(said));
  const from = said.toLowerCase();
  const rows = prepared(database, 'SELECT id, name FROM runs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?').all(
    from,
    `${from}g`,
    SHOWN_CANDIDATES + 1,
  );
  const [only, ...others] = rows.map((row) => ({ id: String(row['id']), name: String(row['name']) }));
  if (only === undefined) return err(notFound(said));
  return others.length === 0 ? ok(only.id) : err(ambiguous(said, [only, ...others]));
}

function ambiguous(said: string, candidates: readonly { readonly id: string; readonly name: string }[]): Failure {
  const shown = candidates.slice(0, SHOWN_CANDIDATES).map(({ id, name }) => `${id} (${name})`);
  const more = candidates.length > SHOWN_CANDIDATES ? ' …' : '';
  return failure('conflict', `"${said}" is the beginning of several runs: ${shown.join(', ')}${more}`, {
    hint: 'Give more characters of the id.',
  });
}

export const NONE_YET = failure('not_found', 'there is no run yet', {
  hint: 'Make one: provisioning workflow submit FILE, or provisioning server create NAME.',
});

export const notFound = (said: string): Failure =>
  failure('not_found', `there is no run ${JSON.stringify(said.slice(0, 80))}`, {
    hint: 'See: provisioning workflow list.',
  });
