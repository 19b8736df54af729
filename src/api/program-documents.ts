import { z } from 'zod';
import { RUN_STATUSES } from '../domain/statuses.ts';

/** What only the command line prints, not the API: about itself, its configuration and its files. */

const texts = z.array(z.string());

/** `explain`. */
export const explanations = z.array(
  z.object({
    /** `PRV-0006`. */
    id: z.string(),
    code: z.string(),
    means: z.string(),
    causes: texts,
    remedies: texts,
    exit: z.int(),
    /** The same command may succeed later although nothing was changed. */
    retryable: z.boolean(),
  }),
);

/** `--explain-mode` of every command. */
export const modeExplanation = z.object({
  command: z.string(),
  mode: z.enum(['direct', 'orchestrated']),
  decided_by: z.enum(['class', 'verb', 'flag', 'variable', 'rule', 'default_mode', 'auto', 'disabled']),
  rule: z.string().nullable(),
  list: z.enum(['force_direct', 'force_orchestrated']).nullable(),
  place: z.string().nullable(),
  fallback_to_direct: z.boolean(),
  refused: z.string().nullable(),
});

/** `core`: of the command line; `platform`: of the orchestrator; `nickel`: of the language's implementation, not its tool. */
export const version = z.object({
  version: z.string(),
  core: z.string(),
  platform: z.string(),
  api: z.string(),
  node: z.string(),
  sqlite: z.string(),
  nickel: z.string(),
  /** The one inside; `nushell.binary` may name another. */
  nushell: z.string(),
  /** `linux-x64` */
  system: z.string(),
});
export type Versions = z.infer<typeof version>;

export const environment = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  workspace: z.string(),
  /** It has a `provisioning.toml`. */
  workspace_declared: z.boolean(),
  data_dir: z.string(),
  cache_dir: z.string(),
  ci: z.boolean(),
  documents: texts,
});

export const help = z.object({
  commands: z.array(z.object({ name: z.string(), class: z.enum(['read', 'control', 'work']), summary: z.string() })),
  text: z.string(),
});

const value = z.union([z.null(), z.boolean(), z.number(), z.string(), texts, z.record(z.string(), z.string())]);

export const settings = z.object({
  orchestrator: z.object({
    enabled: z.boolean(),
    idle_timeout_seconds: z.number(),
    endpoint: z.string().nullable(),
    ca_file: z.string().nullable(),
    timeout_seconds: z.number(),
    auto_start: z.boolean(),
    fallback_to_direct: z.boolean(),
  }),
  execution: z.object({
    default_mode: z.enum(['auto', 'direct', 'orchestrated']),
    force_orchestrated: texts,
    force_direct: texts,
  }),
  server: z.object({
    host: z.string().nullable(),
    port: z.int().nullable(),
    tls_cert: z.string().nullable(),
    tls_key: z.string().nullable(),
  }),
  storage: z.object({ backend: z.literal('filesystem'), data_dir: z.string() }),
  executor: z.object({
    max_concurrent_tasks: z.int(),
    task_timeout_seconds: z.number(),
    checkpoint_interval_seconds: z.number(),
  }),
  nushell: z.object({
    binary: z.string().nullable(),
    provisioning_lib: z.string().nullable(),
    env_vars: z.record(z.string(), z.string()),
  }),
  pools: z.record(z.string(), z.object({ limit: z.int(), rate_per_second: z.number().nullable(), burst: z.int() })),
});

/** `config show --origin`: where each value comes from, by key. */
export const settingsWithOrigins = z.object({ settings, origins: z.record(z.string(), z.string()) });

/** `config explain`. */
export const keyExplanation = z.object({
  key: z.string(),
  value,
  type: z.string(),
  default: z.string(),
  meaning: z.string(),
  variable: z.string().nullable(),
  aliases: texts,
  scope: z.enum(['command', 'orchestrator', 'run']),
  refused_in_workspace: z.string().nullable(),
  layers: z.array(z.object({ value, origin: z.string(), won: z.boolean() })),
});

export const validConfiguration = z.object({ valid: z.literal(true), documents: texts, warnings: texts });

/** `workspace init`. */
export const scaffold = z.object({ workspace: z.string(), written: texts, kept: texts });

/** `workflow logs`: the last attempt of each task that has begun. */
export const outputs = z.array(
  z.object({
    task_id: z.string(),
    id: z.string(),
    attempt: z.int(),
    output: z.string(),
    truncated: z.boolean(),
  }),
);

/** `workflow cancel`: asked for, or done already. */
export const cancelled = z.object({
  workflow_id: z.string(),
  status: z.enum(RUN_STATUSES),
  /** It was cancelled before. */
  already: z.literal(true).optional(),
});

/** Of work that goes on without the command: just queued, or watched until Ctrl-C. */
export const handedOver = z.object({ workflow_id: z.string(), status: z.enum(['queued', 'running']) });

/** `orchestrator start` and `restart`. */
export const broughtUp = z.object({
  running: z.literal(true),
  pid: z.int(),
  instance_id: z.string(),
  version: z.string(),
});

/** `was_held`: the store had been restored, and nothing was started. */
export const lifted = z.object({ was_held: z.boolean() });

export const broughtDown = z.object({ running: z.literal(false), was_running: z.boolean() });
export const left = z.object({ running: z.literal(false) });

/** `orchestrator install` and `uninstall`. */
export const serviceChange = z.object({ file: z.string(), files: texts, changed: z.boolean(), next: texts });

/** A line of `orchestrator logs`; what else it carries depends on the event. */
export const logEntry = z.looseObject({ at: z.string(), event: z.string() });

/** The first line of `workflow events`. */
export const eventsHead = z.object({ schema: z.literal('provisioning.events/1'), workflow_id: z.string() });

/** `orchestrator gc`. */
export const garbage = z.object({
  dry_run: z.boolean(),
  runs: z.array(z.object({ workflow_id: z.string(), name: z.string(), status: z.string(), finished_at: z.string() })),
  folders: z.int(),
  bytes: z.int(),
  locks: z.int(),
});

export type ExplanationDocument = z.infer<typeof explanations>[number];
