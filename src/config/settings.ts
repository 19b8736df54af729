import type { Pools } from '../domain/pool.ts';

/** The resolved, immutable configuration. Key names are those of the documents; defaults stand in `schema.ts`. */
export interface Settings extends FixedSettings {
  /** What users have named in `[pools.NAME]`. */
  readonly pools: Pools;
}

/** The sections that are always there. */
export interface FixedSettings {
  readonly orchestrator: {
    readonly enabled: boolean;
    readonly idle_timeout_seconds: number;
    /** Where clients find an orchestrator besides its socket; `null` means the socket only. */
    readonly endpoint: string | null;
    /** By which an https endpoint is known; `null` means what the system trusts. */
    readonly ca_file: string | null;
    readonly timeout_seconds: number;
    readonly auto_start: boolean;
    readonly fallback_to_direct: boolean;
  };
  readonly execution: {
    readonly default_mode: 'auto' | 'direct' | 'orchestrated';
    readonly force_orchestrated: readonly string[];
    readonly force_direct: readonly string[];
  };
  readonly server: {
    readonly host: string | null;
    readonly port: number | null;
    /** Both or none. */
    readonly tls_cert: string | null;
    readonly tls_key: string | null;
  };
  readonly storage: { readonly backend: 'filesystem'; readonly data_dir: string };
  readonly executor: {
    readonly max_concurrent_tasks: number;
    /** One attempt; 0 means no limit. */
    readonly task_timeout_seconds: number;
    readonly checkpoint_interval_seconds: number;
  };
  readonly nushell: {
    /** `null` means the embedded one. */
    readonly binary: string | null;
    readonly provisioning_lib: string | null;
    readonly env_vars: Readonly<Record<string, string>>;
  };
}
