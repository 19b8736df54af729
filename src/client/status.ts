import { endpointUrl } from '../api/descriptor.ts';
import { pendingRestart } from '../api/effective.ts';
import type { Effective } from '../api/effective.ts';
import type { StatusDocument } from '../api/responses.ts';
import type { Found } from './find.ts';

/** `settings`: what an orchestrator would start with now. */
export function statusOf(found: Found | undefined, settings: Effective): StatusDocument {
  if (found === undefined) return NOT_RUNNING;
  const { health, descriptor, door } = found;
  return {
    running: true,
    pid: health.pid,
    instance_id: health.instance_id,
    version: health.version,
    protocol: health.protocol,
    socket: descriptor?.socket ?? null,
    endpoint:
      descriptor === null && 'host' in door.address ? endpointUrl(door.address) : (descriptor?.endpoint ?? null),
    phase: health.phase,
    uptime_seconds: health.uptime_seconds,
    queued: health.queued,
    running_tasks: health.running_tasks,
    rss_bytes: health.rss_bytes,
    // What stands in our documents is not what another machine's orchestrator will read.
    pending_restart: descriptor === null ? [] : [...pendingRestart(settings, health.settings)],
    troubles: health.troubles,
  };
}

const NOT_RUNNING: StatusDocument = {
  running: false,
  pid: null,
  instance_id: null,
  version: null,
  protocol: null,
  socket: null,
  endpoint: null,
  phase: null,
  uptime_seconds: null,
  queued: null,
  running_tasks: null,
  rss_bytes: null,
  pending_restart: [],
  troubles: [],
};
