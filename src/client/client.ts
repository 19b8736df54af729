import { IDEMPOTENCY_KEY, paths } from '../api/paths.ts';
import type { Envelope } from '../api/requests.ts';
import type { Accepted, Cancelling, Health, StatusDocument } from '../api/responses.ts';
import { effectiveSettings } from '../api/effective.ts';
import type { Settings } from '../config/settings.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Reads } from '../ports/reads.ts';
import { unavailable } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import { call } from './exchange.ts';
import type { Door } from './exchange.ts';
import type { Found } from './find.ts';
import { httpReads } from './http-reads.ts';
import { follow } from './follow.ts';
import type { FollowOptions } from './follow.ts';
import { reachOf } from './reach.ts';
import type { Reach } from './reach.ts';
import { reliably } from './reliably.ts';
import type { StartFiles } from './start.ts';
import { statusOf } from './status.ts';
import { targetOf } from './target.ts';
import { portWarning } from './port-warning.ts';

export interface ClientOptions {
  readonly settings: Settings;
  /** Of `settings.storage.data_dir`. */
  readonly files: StartFiles;
  /** How to start this program: in a single executable its path alone. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ci: boolean;
  /** `PROVISIONING_TOKEN_FILE`, absolute. */
  readonly tokenFile: string | undefined;
  readonly prepareDataDir: (folder: string) => Failure | undefined;
  /** This command started the orchestrator. */
  readonly onStarted?: ((health: Health) => void) | undefined;
  /** A sentence for people, each at most once. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** The orchestrator, as a command sees it. Nothing is connected, read or started before a method is called. */
export interface Client {
  /** `remote`: an endpoint of somebody else's, which is never started and never fallen back from. */
  readonly kind: 'local' | 'remote';
  /** Over HTTP: for `remote`. On this machine the store itself is read. */
  readonly reads: Reads;
  /** Never starts one. */
  status(): Promise<Result<StatusDocument, CallFailure>>;
  /** `orchestrator start`: whatever `auto_start` says. Resolves when it takes work; at once if it does already. */
  start(): Promise<Result<Health, CallFailure>>;
  /** Resolves when it has left: another one may start. Never starts one. */
  stop(how: { readonly now: boolean }): Promise<Result<{ readonly was_running: boolean }, CallFailure>>;
  /** Starts one if need be. Resolves when the run is recorded durably; the same key and body give the same run. */
  submit(envelope: Envelope, key: string): Promise<Result<Accepted, CallFailure>>;
  /** Never starts one: `absent` when none runs. */
  cancel(id: string, reason?: string): Promise<Result<Cancelling, CallFailure>>;
  /** Every event once and in order, over cuts and restarts. `start`: start one if none runs, now or after a cut. */
  follow(
    id: string,
    options: FollowOptions & { readonly start: boolean },
  ): Promise<Result<{ readonly finished: boolean }, CallFailure>>;
}

export function createClient(options: ClientOptions): Result<Client, Failure> {
  const { settings, files, command, env, ci, prepareDataDir } = options;
  const target = targetOf(settings.orchestrator.endpoint, options.tokenFile);
  if (!target.ok) return target;
  const timeoutMs = settings.orchestrator.timeout_seconds * 1000;
  const onStarted = ({ health }: Found): void => options.onStarted?.(health);
  const start = { files, command, env, timeoutMs, limitMs: ci ? 60_000 : 15_000, prepareDataDir, onStarted };
  const reach = reachOf(target.value, { ...start, autoStart: settings.orchestrator.auto_start });
  const explicit = reachOf(target.value, { ...start, autoStart: true });
  return ok(clientOn(warning(reach, options), warning(explicit, options), options));
}

function clientOn(reach: Reach, explicit: Reach, { settings }: ClientOptions): Client {
  const timeoutMs = settings.orchestrator.timeout_seconds * 1000;
  const post = <T>(door: Door, path: string, body: unknown, headers = {}): Promise<Result<T, CallFailure>> =>
    call<T>(door, { method: 'POST', path, body, headers, timeoutMs });
  return {
    kind: reach.kind,
    reads: httpReads((path) => attached(reach, (door) => call(door, { method: 'GET', path, timeoutMs }))),
    async status() {
      const found = await reach.attach();
      return found.ok ? ok(statusOf(found.value, effectiveSettings(settings))) : found;
    },
    async start() {
      const found = await explicit.ensure();
      return found.ok ? ok(found.value.health) : found;
    },
    stop: (how) => stop(reach, how.now),
    submit: (envelope, key) =>
      reliably(reach, (door) => post(door, paths.workflows, envelope, { [IDEMPOTENCY_KEY]: key })),
    cancel: (id, reason) => attached(reach, (door) => post(door, paths.cancel(id), { reason })),
    follow: (id, how) => {
      const connect = how.start ? () => reach.ensure() : () => running(reach);
      return follow({ connect, timeoutMs }, id, how);
    },
  };
}

/** With one that runs, or not at all. */
async function attached<T>(reach: Reach, attempt: (door: Door) => Promise<Result<T, CallFailure>>) {
  const found = await running(reach);
  return found.ok ? attempt(found.value.door) : found;
}

async function running(reach: Reach): Promise<Result<Found, CallFailure>> {
  const found = await reach.attach();
  if (!found.ok) return found;
  return found.value === undefined ? err(unavailable('absent', 'no orchestrator is running')) : ok(found.value);
}

async function stop(reach: Reach, now: boolean): Promise<Result<{ was_running: boolean }, CallFailure>> {
  const found = await reach.attach();
  if (!found.ok) return found;
  if (found.value === undefined) return ok({ was_running: false });
  const body = { now };
  const answer = await call(found.value.door, { method: 'POST', path: paths.stop, body, timeoutMs: null });
  if (answer.ok || answer.error.reason === 'absent') return ok({ was_running: true });
  // One that is killed meanwhile has stopped too.
  const after = answer.error.reason === 'broken' ? await reach.attach() : undefined;
  return after?.ok === true && after.value === undefined ? ok({ was_running: true }) : answer;
}

/** Says once, when the orchestrator was found, that it listens elsewhere than the endpoint says. */
function warning(reach: Reach, { settings, onWarning }: ClientOptions): Reach {
  let said = false;
  const note = <F extends Found | undefined>(found: Result<F, CallFailure>): Result<F, CallFailure> => {
    const text = found.ok && !said ? portWarning(settings.orchestrator.endpoint, found.value?.descriptor) : undefined;
    said ||= text !== undefined;
    if (text !== undefined) onWarning?.(text);
    return found;
  };
  return {
    kind: reach.kind,
    attach: async () => note(await reach.attach()),
    ensure: async () => note(await reach.ensure()),
  };
}
