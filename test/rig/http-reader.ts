import { call } from '../../src/client/exchange.ts';
import { httpReads } from '../../src/client/http-reads.ts';
import { createCondition } from '../../src/compose/condition.ts';
import { createApp } from '../../src/daemon/app.ts';
import { createEventHub } from '../../src/daemon/event-hub.ts';
import { Life } from '../../src/daemon/life.ts';
import { listenEverywhere } from '../../src/daemon/listen-everywhere.ts';
import { createLog } from '../../src/daemon/log.ts';
import type { Service } from '../../src/daemon/service.ts';
import type { Reads } from '../../src/ports/reads.ts';
import type { EngineHost } from './engine.ts';

export interface HttpReader {
  readonly reads: Reads;
  close(): Promise<void>;
}

/**
 * The orchestrator's door, on a real socket, before a store that somebody else fills: nobody sweeps, recovers or
 * idles behind it, so that what a test has set up stays as it is.
 */
export async function httpReader(host: EngineHost, at: { folder: string; workspace: string }): Promise<HttpReader> {
  const socket = `${at.folder}/reads.sock`;
  const token = 'T'.repeat(43);
  const log = createLog(`${at.folder}/reads.log`, Date.now);
  const refuse = (): never => {
    throw new Error('this door is for reading');
  };
  const service: Service = {
    ...host,
    token,
    log,
    planner: { definition: refuse, command: refuse },
    events: createEventHub(() => undefined),
    life: new Life(),
    condition: createCondition('', undefined, undefined),
    defaults: {
      workspace: at.workspace,
      environment: {},
      settings: { task_timeout_seconds: 60, env_vars: {}, pools: {} },
    },
    settings: { reload: refuse },
    newKey: refuse,
    health: refuse,
    cancelAll: refuse,
  };
  const listening = await listenEverywhere(createApp(service), { socket, tcp: undefined, handed: [] });
  if (!listening.ok) throw new Error(listening.error.message);
  const door = { address: { socketPath: socket }, token, name: 'the door of this test' };
  return {
    reads: httpReads((path) => call(door, { method: 'GET', path, timeoutMs: 10_000 })),
    async close() {
      for (const listener of listening.value.listeners) listener.stop();
      await Promise.all(listening.value.listeners.map((listener) => listener.closed()));
      log.close();
    },
  };
}
