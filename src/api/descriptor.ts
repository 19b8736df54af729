import { isRecord } from '../domain/json.ts';
import type { ProtocolRange } from './version.ts';

/** `daemon.json`: where the orchestrator is and what it speaks. Written after it listens. */
export interface Descriptor {
  readonly instance_id: string;
  readonly pid: number;
  /** Of the process, in the kernel's own unit; with `boot_id` it names a process for good. `null` where unknown. */
  readonly start_time: string | null;
  readonly boot_id: string | null;
  readonly socket: string;
  /** `http://127.0.0.1:8080`, where it listens on TCP too. */
  readonly endpoint: string | null;
  readonly protocol: ProtocolRange;
  readonly version: string;
  readonly build_id: string;
  /** Of the settings that it runs with; see `effective.ts`. Older ones do not say. */
  readonly config_hash?: string | undefined;
  readonly started_at: string;
}

/** An endpoint as it stands in a descriptor. `tls` absent: it is not encrypted. */
export const endpointUrl = ({ host, port, tls }: { host: string; port: number; tls?: unknown }): string =>
  `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Garbage means the same as nothing there: a starter will write a new one. */
export function parseDescriptor(text: string): Descriptor | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isDescriptor(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDescriptor(value: unknown): value is Descriptor {
  if (!isRecord(value) || !isRecord(value['protocol'])) return false;
  const { min, max } = value['protocol'];
  const texts = ['instance_id', 'socket', 'version', 'build_id', 'started_at'];
  const maybe = ['start_time', 'boot_id', 'endpoint'];
  return (
    Number.isSafeInteger(value['pid']) &&
    Number.isSafeInteger(min) &&
    Number.isSafeInteger(max) &&
    texts.every((key) => typeof value[key] === 'string') &&
    maybe.every((key) => value[key] === null || typeof value[key] === 'string')
  );
}
