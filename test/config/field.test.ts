import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { machine } from './machine.ts';

const read = (name: string) => readFileSync(new URL(`fixtures/field/${name}.toml`, import.meta.url), 'utf8');

/** What each pair of documents amounts to. */
const CORE = {
  'core-older': { default_mode: 'orchestrated', aliases: ['orchestrator.timeout', 'execution.fallback_to_direct'] },
  'core-newer': { default_mode: 'auto', aliases: [] },
} as const;
const PLATFORM = {
  'platform-older': [
    'orchestrator.host',
    'orchestrator.port',
    'orchestrator.data_dir',
    'executor.nushell_binary',
    'executor.provisioning_lib',
  ],
  'platform-newer': [],
} as const;

const PAIRS = (Object.keys(CORE) as (keyof typeof CORE)[]).flatMap((core) =>
  (Object.keys(PLATFORM) as (keyof typeof PLATFORM)[]).map((platform) => [core, platform] as const),
);

describe('the documents in the field', () => {
  test.each(PAIRS)('%s and %s load as they stand', async (core, platform) => {
    const { put, load } = machine();
    put('usr/local/share/provisioning/config/config.defaults.toml', read(core));
    put('usr/local/share/provisioning/platform/config.toml', read(platform));
    const { settings, warnings } = await load();
    expect(settings).toEqual({
      orchestrator: {
        enabled: true,
        idle_timeout_seconds: 1800,
        endpoint: 'http://localhost:9090',
        ca_file: null,
        timeout_seconds: 60,
        auto_start: true,
        fallback_to_direct: true,
      },
      execution: {
        default_mode: CORE[core].default_mode,
        force_orchestrated: ['server.create', 'cluster.create', 'batch.*', 'workflow.*'],
        force_direct: ['*.list', '*.show', 'help', 'version'],
      },
      server: { host: '127.0.0.1', port: 8080, tls_cert: null, tls_key: null },
      storage: { backend: 'filesystem', data_dir: '/var/lib/provisioning/orchestrator' },
      executor: { max_concurrent_tasks: 10, task_timeout_seconds: 3600, checkpoint_interval_seconds: 30 },
      pools: {},
      nushell: {
        binary: 'nu',
        provisioning_lib: '/usr/local/lib/provisioning',
        env_vars: platform === 'platform-newer' ? { NU_LIB_DIRS: '/usr/local/lib/provisioning' } : {},
      },
    });
    const aliases = [...CORE[core].aliases, ...PLATFORM[platform]];
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(aliases);
  });

  test.each(PAIRS)('%s and %s load the same in whichever file they stand', async (core, platform) => {
    const { put, load } = machine();
    put('home/.config/provisioning/config.toml', read(platform));
    put('etc/provisioning/platform.toml', read(core));
    const { settings } = await load();
    expect(settings.server.port).toBe(8080);
    expect(settings.execution.default_mode).toBe(CORE[core].default_mode);
  });

  test('an older name warns once, however often it stands, and names the new one and its places', async () => {
    const { put, load } = machine();
    const first = put('etc/provisioning/config.toml', read('core-older'));
    const second = put('home/.config/provisioning/config.toml', read('core-older'));
    const { warnings } = await load();
    expect(warnings).toEqual([
      `orchestrator.timeout is an older name of orchestrator.timeout_seconds: please rename it (${first}:5, ${second}:5).`,
      `execution.fallback_to_direct is an older name of orchestrator.fallback_to_direct: please rename it (${first}:9, ${second}:9).`,
    ]);
  });
});
