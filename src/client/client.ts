import { IDEMPOTENCY_KEY, paths } from '../api/paths.ts';
import type { CancelBody, Envelope, ResolveBody, ResumeBody, RetryBody, RollbackBody } from '../api/requests.ts';
import type { Accepted, Health, RollbackDocument, Steered, StatusDocument } from '../api/responses.ts';
import { effectiveSettings } from '../api/effective.ts';
import type { Settings } from '../config/settings.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Reads } from '../ports/reads.ts';
import type { CallFailure } from './call-failure.ts';
import { call } from './exchange.ts';
import type { Door } from './exchange.ts';
import type { Found } from './find.ts';
import { httpReads } from './http-reads.ts';
import { follow } from './follow.ts';
import type { FollowOptions } from './follow.ts';
import { endingAgain } from './last-words.ts';
import { reachOf } from './reach.ts';
import { patient } from './patient.ts';
import type { Reach, ReachOptions } from './reach.ts';
import { waitForChild } from './wait.ts';
import { reliably } from './reliably.ts';
import type { StartFiles, StartOptions } from './start.ts';
import { statusOf } from './status.ts';
import { irreplaceable, stop } from './stop.ts';
import type { StopHow } from './leave.ts';
import type { Stopped } from './stop.ts';
import { targetOf } from './target.ts';
import { portWarning } from './port-warning.ts';

export interface ClientOptions {
  readonly settings: Settings;
  /** Of `settings.storage.data_dir`. */
  readonly files: StartFiles;
  /** Of this program. */
  readonly version: string;
  /** How to start this program: in a single executable its path alone. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ci: boolean;
  /** `PROVISIONING_TOKEN_FILE`, absolute. */
  readonly tokenFile: string | undefined;
  /** The command runs in a task of an orchestrator. */
  readonly inTask?: boolean | undefined;
  /** Why somebody else's orchestrator cannot be used, beyond the protocol: `versions.toml`. `where`: its host. */
  readonly fits?: ReachOptions['fits'];
  readonly prepareDataDir: (folder: string) => Failure | undefined;
  readonly takeLock: StartOptions['takeLock'];
  /** This command started the orchestrator. */
  readonly onStarted?: ((health: Health) => void) | undefined;
  /** A sentence for people, each at most once. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** What can be asked of a run. Each is idempotent, so it may be asked again when no answer came. */
export type Steering =
  | { readonly verb: 'cancel' | 'pause'; readonly body: CancelBody }
  | { readonly verb: 'resume'; readonly body: ResumeBody }
  | { readonly verb: 'retry'; readonly body: RetryBody }
  | { readonly verb: 'resolve'; readonly task: string; readonly body: ResolveBody };

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
  /** What kept a running one from starting anything may be over. Starts none. */
  lookAgain(): Promise<void>;
  /** Resolves when it has left: another one may start. Never starts one. */
  stop(how: StopHow): Promise<Stopped>;
  /** `orchestrator restart`: resolves when the next one takes work. Starts one where none runs. Refused for `remote`. */
  restart(how: StopHow): Promise<Result<Health, CallFailure>>;
  /** Starts one if need be. Resolves when the run is recorded durably; the same key and body give the same run. */
  submit(envelope: Envelope, key: string): Promise<Result<Accepted, CallFailure>>;
  /** With `start`, one is started if need be; else `absent` when none runs. */
  steer(id: string, how: Steering, start: boolean): Promise<Result<Steered, CallFailure>>;
  /** Starts one if need be. */
  rollback(id: string, body: RollbackBody): Promise<Result<RollbackDocument, CallFailure>>;
  /**
   * A running task waits for a run that it submitted, over cuts and restarts. Resolves when it may go on; with a failure
   * when it cannot wait for that run. Never rejects.
   */
  wait(taskId: string, child: string, signal: AbortSignal): Promise<Result<null, CallFailure>>;
  /** Every event once and in order, over cuts and restarts. `start`: start one if none runs, now or after a cut. */
  follow(
    id: string,
    options: FollowOptions & { readonly start: boolean },
  ): Promise<Result<{ readonly finished: boolean }, CallFailure>>;
}

export function createClient(options: ClientOptions): Result<Client, Failure> {
  const { settings, files, command, env, ci, prepareDataDir, takeLock, version } = options;
  const { endpoint: url, ca_file: caFile } = settings.orchestrator;
  const target = targetOf({ url, caFile, tokenFile: options.tokenFile });
  if (!target.ok) return target;
  const timeoutMs = settings.orchestrator.timeout_seconds * 1000;
  const onStarted = ({ health }: Found): void => options.onStarted?.(health);
  const own = { version, settings: effectiveSettings(settings) };
  const start = {
    ...own,
    files,
    command,
    env,
    timeoutMs,
    limitMs: ci ? 60_000 : 30_000,
    prepareDataDir,
    takeLock,
    onStarted,
    fits: options.fits,
  };
  const reach = reachOf(target.value, { ...start, autoStart: settings.orchestrator.auto_start });
  const explicit = reachOf(target.value, { ...start, autoStart: true });
  if (options.inTask === true) {
    const waiting = patient(warning(reach, options), options.onWarning);
    return ok(clientOn(waiting, waiting, options));
  }
  return ok(clientOn(warning(reach, options), warning(explicit, options), options));
}

function clientOn(reach: Reach, explicit: Reach, { settings, version, files }: ClientOptions): Client {
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
    async lookAgain() {
      await attached(reach, (door) => post(door, paths.reload, undefined));
    },
    stop: (how) => stop(reach, how, version),
    restart: (how) => restart(explicit, how, version),
    submit: (envelope, key) =>
      reliably(reach, (door) => post(door, paths.workflows, envelope, { [IDEMPOTENCY_KEY]: key })),
    steer: (id, how, start) => {
      const [path, body] = steeringOf(id, how);
      const ask = (door: Door) => post<Steered>(door, path, body);
      return start ? reliably(explicit, ask) : attached(reach, ask);
    },
    rollback: (id, body) => reliably(explicit, (door) => post(door, paths.steer(id, 'rollback'), body)),
    wait: (taskId, child, signal) => waitForChild(reach, { taskId, child, signal }),
    follow: (id, how) => {
      const connect = how.start ? () => reach.ensure() : () => reach.running();
      return follow({ connect, timeoutMs }, id, how).then((end) =>
        end.ok || reach.kind === 'remote' || end.error.reason !== 'broken'
          ? end
          : err(endingAgain(files.log, end.error)),
      );
    },
  };
}

function steeringOf(id: string, how: Steering): [string, unknown] {
  if (how.verb === 'resolve') return [paths.resolve(id, how.task), how.body];
  return [paths.steer(id, how.verb), how.body];
}

/** With one that runs, or not at all. */
async function attached<T>(reach: Reach, attempt: (door: Door) => Promise<Result<T, CallFailure>>) {
  const found = await reach.running();
  return found.ok ? attempt(found.value.door) : found;
}

async function restart(reach: Reach, how: StopHow, version: string): Promise<Result<Health, CallFailure>> {
  const found = await reach.attach();
  const refused = !found.ok ? found.error : found.value === undefined ? undefined : irreplaceable(found.value, version);
  if (refused !== undefined) return err(refused);
  const stopped = await stop(reach, how, version);
  if (!stopped.ok) return stopped;
  const next = await reach.ensure();
  return next.ok ? ok(next.value.health) : next;
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
  const patience = `${settings.orchestrator.timeout_seconds} s (orchestrator.timeout_seconds)`;
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    const late = setTimeout(() => onWarning?.(silent(patience)), SILENCE_MS);
    return answer.finally(() => {
      clearTimeout(late);
    });
  };
  return {
    kind: reach.kind,
    attach: async () => note(await asked(reach.attach())),
    // Starts one, which may take its time.
    ensure: async () => note(await reach.ensure()),
    running: async () => note(await asked(reach.running())),
  };
}

/** Who waits for longer is told why. */
const SILENCE_MS = 1000;

const silent = (patience: string): string =>
  `the orchestrator does not answer; waiting for up to ${patience}. It may be stopped by a signal, or very busy: provisioning orchestrator doctor`;
