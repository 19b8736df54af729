import { MODE_SETTINGS } from '../domain/mode.ts';
import type { SectionSpec } from './key-spec.ts';
import type { FixedSettings } from './settings.ts';
import type { ValueType } from './value-type.ts';

/** Sections of later versions: they are refused by name, not as misspellings. */
export const LATER_SECTIONS: ReadonlyMap<string, string> = new Map([['providers', 'defaults of providers']]);

/** A timer cannot wait longer than this: 2^31 milliseconds. */
const LONGEST_SECONDS = 2_147_483;

const BOOLEAN: ValueType = { kind: 'boolean' };
const seconds = (min: number): ValueType => ({ kind: 'number', min, max: LONGEST_SECONDS, whole: false });
const whole = (min: number, max: number): ValueType => ({ kind: 'number', min, max, whole: true });

/** The only list of keys, besides those of pools. Variables, suggestions, warnings about aliases and `config show` are derived from it. */
export const SCHEMA: { readonly [S in keyof FixedSettings]: SectionSpec<FixedSettings[S]> } = {
  orchestrator: {
    meaning: 'When there is an orchestrator, and how commands find it.',
    refusedInWorkspace: 'it could send your token to a foreign endpoint',
    keys: {
      enabled: {
        type: BOOLEAN,
        default: true,
        meaning: 'Whether there may be an orchestrator at all; without one, everything runs directly.',
        scope: 'command',
      },
      idle_timeout_seconds: {
        type: seconds(0.1),
        default: ({ ci }) => ({ value: ci ? 60 : 1800, because: ci ? 'CI is set' : undefined }),
        defaultText: '1800; 60 where CI is set',
        meaning: 'How long the orchestrator stays when there is nothing to do.',
        scope: 'orchestrator',
      },
      endpoint: {
        type: { kind: 'url' },
        default: null,
        meaning: 'Where clients find an orchestrator besides its socket; empty means the socket only.',
        scope: 'command',
      },
      ca_file: {
        type: { kind: 'path', none: true },
        default: null,
        defaultText: 'the certificates that this system trusts',
        meaning: 'The certificates, as PEM, by which an https endpoint is known; empty means those of the system.',
        scope: 'command',
      },
      timeout_seconds: {
        type: seconds(0.1),
        default: 60,
        meaning: 'How long a client waits for one answer of the orchestrator.',
        scope: 'command',
        aliases: ['orchestrator.timeout'],
      },
      auto_start: {
        type: BOOLEAN,
        default: true,
        meaning: 'Whether a command that needs the orchestrator starts it.',
        scope: 'command',
      },
      fallback_to_direct: {
        type: BOOLEAN,
        default: ({ ci }) => ({ value: !ci, because: ci ? 'CI is set' : undefined }),
        defaultText: 'true; false where CI is set',
        meaning: 'Whether work that was routed to an orchestrator that cannot be reached is done directly instead.',
        scope: 'command',
        aliases: ['execution.fallback_to_direct'],
      },
    },
  },
  execution: {
    meaning: 'Which command is executed directly and which by the orchestrator.',
    keys: {
      default_mode: {
        type: { kind: 'choice', of: MODE_SETTINGS },
        default: 'auto',
        meaning: 'The mode of work that no flag, no PROVISIONING_MODE and no rule decides.',
        scope: 'command',
      },
      force_orchestrated: {
        type: { kind: 'patterns' },
        default: ['server.create', 'cluster.create', 'batch.*', 'workflow.*'],
        meaning: 'Commands that are handed to the orchestrator; the most specific rule of both lists wins.',
        scope: 'command',
      },
      force_direct: {
        type: { kind: 'patterns' },
        default: ['*.list', '*.show', 'help', 'version'],
        meaning:
          'Commands that are executed by the process that was called; the most specific rule of both lists wins.',
        scope: 'command',
      },
    },
  },
  server: {
    meaning: 'What the orchestrator listens on besides its socket.',
    refusedInWorkspace: 'it could open a port on your machine',
    keys: {
      host: {
        type: { kind: 'host' },
        default: null,
        meaning: 'The address that the orchestrator listens on; empty means none besides its socket.',
        scope: 'orchestrator',
        aliases: ['orchestrator.host'],
      },
      port: {
        type: whole(0, 65_535),
        default: null,
        meaning: 'The port that the orchestrator listens on; 0 lets the system choose one.',
        scope: 'orchestrator',
        aliases: ['orchestrator.port'],
      },
      tls_cert: {
        type: { kind: 'path', none: true },
        default: null,
        meaning: 'The certificate and its chain, as PEM; required where other machines can reach server.host.',
        scope: 'orchestrator',
      },
      tls_key: {
        type: { kind: 'path', none: true },
        default: null,
        meaning: 'The private key of server.tls_cert, as PEM, in a file that not everybody may read.',
        scope: 'orchestrator',
      },
    },
  },
  storage: {
    meaning: 'Where the queue and the state of every run are kept.',
    refusedInWorkspace: 'it could bring its own records of what exists and what has run',
    keys: {
      backend: {
        type: {
          kind: 'choice',
          of: ['filesystem'],
          refused: { surrealdb: 'this version keeps its state in files only; it has no adapter for SurrealDB' },
        },
        default: 'filesystem',
        meaning: 'What keeps the state: "filesystem" is one SQLite file and a folder for each task in data_dir.',
        scope: 'command',
      },
      data_dir: {
        type: { kind: 'path', none: false },
        default: ({ systemOwned, systemStateDir, stateDir }) => ({
          value: systemOwned ? systemStateDir : stateDir,
          because: systemOwned ? 'for root, where there are system documents' : undefined,
        }),
        defaultText: '$XDG_STATE_HOME/provisioning; /var/lib/provisioning for root with system documents',
        meaning: 'The folder of the state, the token and the socket.',
        scope: 'command',
        aliases: ['orchestrator.data_dir'],
      },
    },
  },
  executor: {
    meaning: 'How tasks are executed.',
    keys: {
      max_concurrent_tasks: {
        type: whole(1, 10_000),
        default: 10,
        meaning: 'How many tasks run at once, over all runs of one data_dir.',
        scope: 'orchestrator',
      },
      task_timeout_seconds: {
        type: seconds(0),
        default: 3600,
        meaning: 'How long one attempt of a task may take; 0 means no limit.',
        scope: 'run',
      },
      checkpoint_interval_seconds: {
        type: seconds(0.1),
        default: 30,
        meaning: 'Progress and checkpoints of running tasks are durable at least this often.',
        scope: 'orchestrator',
      },
    },
  },
  nushell: {
    meaning: 'Which Nushell and which library execute the business logic.',
    refusedInWorkspace: 'it could have its own program executed with your rights',
    keys: {
      binary: {
        type: { kind: 'program' },
        default: null,
        defaultText: 'the embedded one',
        meaning: 'The Nushell program; empty means the embedded one.',
        scope: 'command',
        aliases: ['executor.nushell_binary'],
      },
      provisioning_lib: {
        type: { kind: 'path', none: true },
        default: null,
        defaultText: 'the embedded library',
        meaning: 'The folder of the Nushell library; empty means the embedded one.',
        scope: 'command',
        aliases: ['executor.provisioning_lib'],
      },
      env_vars: {
        type: { kind: 'environment' },
        default: {},
        meaning: 'Variables that every Nushell task sees; layers are merged name by name.',
        scope: 'run',
      },
    },
  },
};
