import type { Health } from '../api/responses.ts';
import { PROTOCOL } from '../api/version.ts';
import type { Host } from './host.ts';
import type { Life } from './life.ts';
import type { DaemonOptions } from './options.ts';

/** What `/health` says, without a look into the store. */
export function healthOf(
  { build, settings, foreground }: Pick<DaemonOptions, 'build' | 'settings' | 'foreground'>,
  { host, life }: { readonly host: Host; readonly life: Life },
  born: Pick<Health, 'instance_id' | 'started_at' | 'troubles'>,
): () => Health {
  return () => ({
    status: 'healthy',
    ...born,
    troubles: [...host.condition.troubles, ...born.troubles, ...(settings.trouble === null ? [] : [settings.trouble])],
    pid: process.pid,
    version: build.version,
    build_id: build.build_id,
    protocol: PROTOCOL,
    phase: life.phase === 'ready' && host.condition.isFull ? 'degraded' : life.phase,
    uptime_seconds: Math.round(process.uptime() * 1000) / 1000,
    ...host.engine.stats(),
    rss_bytes: process.memoryUsage.rss(),
    settings: { ...settings.effective },
    config_hash: settings.hash,
    foreground,
  });
}
