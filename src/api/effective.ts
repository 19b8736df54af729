/** The settings that an orchestrator reads once, when it starts. Fits `Settings`, without depending on it. */
interface StartSettings {
  readonly orchestrator: { readonly idle_timeout_seconds: number; readonly endpoint: string | null };
  readonly server: { readonly host: string | null; readonly port: number | null };
  readonly executor: { readonly max_concurrent_tasks: number; readonly checkpoint_interval_seconds: number };
}

export type Effective = Readonly<Record<string, string | number | null>>;

/** By key of the documents. What belongs to a run (timeouts, variables) is recorded with the run instead. */
export const effectiveSettings = ({ orchestrator, server, executor }: StartSettings): Effective => ({
  'orchestrator.idle_timeout_seconds': orchestrator.idle_timeout_seconds,
  'orchestrator.endpoint': orchestrator.endpoint,
  'server.host': server.host,
  'server.port': server.port,
  'executor.max_concurrent_tasks': executor.max_concurrent_tasks,
  'executor.checkpoint_interval_seconds': executor.checkpoint_interval_seconds,
});

/** Keys that have another value now than when the orchestrator started: they hold after a restart. */
export const pendingRestart = (now: Effective, running: Effective): readonly string[] =>
  Object.keys(now).filter((key) => Object.hasOwn(running, key) && running[key] !== now[key]);
