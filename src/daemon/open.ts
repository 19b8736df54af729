import { socketPlace } from '../client/socket-path.ts';
import { ensureToken } from '../client/token.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { createApp } from './app.ts';
import { cancelAll } from './cancel-all.ts';
import { createEventHub } from './event-hub.ts';
import { healthOf } from './health.ts';
import type { Host } from './host.ts';
import { Life } from './life.ts';
import type { Listener } from './listen.ts';
import { listenEverywhere } from './listen-everywhere.ts';
import type { Where } from './listen-everywhere.ts';
import type { Log } from './log.ts';
import type { DaemonOptions } from './options.ts';
import { describe, register } from './registration.ts';
import type { Registration } from './registration.ts';
import type { Service } from './service.ts';

/** An orchestrator that can be found and answers. */
export interface Opened {
  readonly host: Host;
  readonly life: Life;
  readonly registration: Registration;
  readonly listeners: readonly Listener[];
}

/** Opens the store, listens, and can then be found. On failure nothing stays open. */
export async function open(options: DaemonOptions, log: Log): Promise<Result<Opened, Failure>> {
  const { paths, tcp, uid } = options;
  const place = socketPlace(paths.dataDir, uid);
  const refused = place.folder === null ? undefined : options.prepareFolder(place.folder);
  if (refused !== undefined) return err(refused);
  if (!tcp.ok) return tcp;
  const token = ensureToken(paths.token);
  if (!token.ok) return token;
  const life = new Life();
  const events = createEventHub(() => {
    life.touch();
  });
  const onFatal = (error: unknown): void => {
    log.write('broken', { stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    life.leave('broken');
  };
  const onSuspended = (ms: number): void => log.write('suspended', { seconds: Math.round(ms / 1000) });
  const host = await options.openHost({ sink: events, socket: place.path, token: token.value, onFatal, onSuspended });
  if (!host.ok) return host;
  const door = { host: host.value, life, events, log, token: token.value };
  const opened = await listen(options, door, { socket: place.path, tcp: tcp.value, handed: options.handed });
  if (!opened.ok) host.value.close();
  return opened;
}

interface Door extends Pick<Service, 'life' | 'events' | 'log' | 'token'> {
  readonly host: Host;
}

async function listen(options: DaemonOptions, door: Door, where: Where): Promise<Result<Opened, Failure>> {
  const { host, life, log, token } = door;
  const born = { instance_id: options.newId(), started_at: new Date().toISOString() };
  const troubles: string[] = [];
  const service = {
    ...host,
    ...door,
    newKey: options.newId,
    settings: options.settings,
    health: healthOf(options, door, { ...born, troubles }),
    cancelAll: (reason: string) => cancelAll(host, reason),
  };
  const listening = await listenEverywhere(createApp(service), where);
  if (!listening.ok) return listening;
  const { listeners, endpoint } = listening.value;
  troubles.push(...listening.value.troubles);
  const known = { ...born, ...options.build, config_hash: options.settings.hash };
  const descriptor = describe({ ...known, socket: where.socket, endpoint });
  const registration = register(options.paths, descriptor, token);
  log.write('ready', { ...born, pid: process.pid, socket: where.socket, endpoint, troubles });
  return ok({ host, life, registration, listeners });
}
