import { existsSync } from 'node:fs';
import { paths } from '../api/paths.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { CallFailure } from './call-failure.ts';
import { call } from './exchange.ts';
import { socketPlace } from './socket-path.ts';

/**
 * Where the orchestrator is a service, the system listens on its socket and starts it when somebody comes. `true`: one
 * answered there, and will be found. A file that nobody listens on, of one that was killed, is told at once. Starts
 * something, so readers must not call it.
 */
export async function wake(dataDir: string, timeoutMs: number): Promise<Result<boolean, CallFailure>> {
  const { path } = socketPlace(dataDir, process.getuid?.() ?? -1);
  if (!existsSync(path)) return ok(false);
  const door = { address: { socketPath: path }, token: null, name: `the service on ${path}` };
  const answer = await call(door, { method: 'GET', path: paths.health, timeoutMs });
  if (answer.ok) return ok(true);
  return answer.error.reason === 'silent' ? err(answer.error) : ok(false);
}
