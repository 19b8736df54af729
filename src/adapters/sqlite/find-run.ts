import type { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';

const SHOWN_CANDIDATES = 5;

/** The full id of a run named by its id, a unique prefix of it, or `@latest`. */
export function findRun(database: DatabaseSync, said: string): Result<string, Failure> {
  if (said === '@latest') {
    const row = database.prepare('SELECT id FROM runs ORDER BY id DESC LIMIT 1').get();
    return row === undefined ? err(failure('not_found', 'there is no run yet')) : ok(String(row['id']));
  }
  if (!/^[0-9a-f-]{1,36}$/i.test(said)) return err(notFound(said));
  const rows = database
    .prepare('SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?')
    .all(said.toLowerCase(), `${said.toLowerCase()}g`, SHOWN_CANDIDATES + 1);
  const ids = rows.map((row) => String(row['id']));
  const [only] = ids;
  if (only === undefined) return err(notFound(said));
  if (ids.length === 1) return ok(only);
  const shown = ids.slice(0, SHOWN_CANDIDATES).join(', ');
  return err(
    failure(
      'conflict',
      `"${said}" is the beginning of several runs: ${shown}${ids.length > SHOWN_CANDIDATES ? ' …' : ''}`,
      {
        hint: 'Give more characters of the id.',
      },
    ),
  );
}

const notFound = (said: string): Failure =>
  failure('not_found', `there is no run ${JSON.stringify(said.slice(0, 80))}`, {
    hint: 'See `provisioning workflow list`.',
  });
