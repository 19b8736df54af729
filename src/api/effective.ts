/** The settings that an orchestrator reads for itself. Fits `Settings`, without depending on it. */
export interface OwnSettings {
  readonly orchestrator: { readonly idle_timeout_seconds: number; readonly endpoint: string | null };
  readonly server: {
    readonly host: string | null;
    readonly port: number | null;
    readonly tls_cert: string | null;
    readonly tls_key: string | null;
  };
  readonly executor: { readonly max_concurrent_tasks: number; readonly checkpoint_interval_seconds: number };
}

export type Effective = Readonly<Record<string, string | number | null>>;

/** By key of the documents. What belongs to a run (timeouts, variables) is recorded with the run instead. */
export const effectiveSettings = ({ orchestrator, server, executor }: OwnSettings): Effective => ({
  'orchestrator.idle_timeout_seconds': orchestrator.idle_timeout_seconds,
  'orchestrator.endpoint': orchestrator.endpoint,
  'server.host': server.host,
  'server.port': server.port,
  'server.tls_cert': server.tls_cert,
  'server.tls_key': server.tls_key,
  'executor.max_concurrent_tasks': executor.max_concurrent_tasks,
  'executor.checkpoint_interval_seconds': executor.checkpoint_interval_seconds,
});

/** Where it listens is decided once; the other keys hold as soon as they are read again. */
const COLD_KEYS: ReadonlySet<string> = new Set([
  'orchestrator.endpoint',
  'server.host',
  'server.port',
  'server.tls_cert',
  'server.tls_key',
]);

/** What holds after an orchestrator that runs with `running` has read `read`. */
export const reloaded = (running: Effective, read: Effective): Effective =>
  Object.fromEntries(Object.entries(running).map(([key, old]) => [key, COLD_KEYS.has(key) ? old : (read[key] ?? old)]));

/** Keys that have another value now than the one that the orchestrator runs with: they hold after a restart. */
export const pendingRestart = (now: Effective, running: Effective): readonly string[] =>
  Object.keys(now).filter((key) => Object.hasOwn(running, key) && running[key] !== now[key]);
