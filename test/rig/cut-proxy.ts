import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** Where a connection ends: after so many bytes of the request, or of the answer. */
export interface Cut {
  readonly way: 'up' | 'down';
  readonly after: number;
}

export interface CutProxy {
  /** Bytes that the last connection carried which was planned for. */
  readonly passed: { readonly up: number; readonly down: number };
  /** For the next `times` connections whose first bytes match; `undefined`: they are only counted. */
  plan(first: RegExp, cut: Cut | undefined, times: number): void;
  close(): Promise<void>;
}

interface Plan {
  readonly first: RegExp;
  readonly cut: Cut | undefined;
  times: number;
}

type Counts = Record<Cut['way'], number>;

/** Stands between commands and an orchestrator, whose descriptor it changes, as a bad network would. */
export async function cutProxy(descriptorFile: string, socket: string): Promise<CutProxy> {
  const descriptor = JSON.parse(readFileSync(descriptorFile, 'utf8')) as { socket: string };
  const open = new Set<Socket>();
  let plan: Plan = { first: /^$/, cut: undefined, times: 0 };
  let passed: Counts = { up: 0, down: 0 };
  const server = createServer((client) => {
    const upstream = connect(descriptor.socket);
    for (const one of [client, upstream]) {
      open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => open.delete(one));
    }
    client.once('data', (first: Buffer) => {
      const isPlanned = plan.times > 0 && plan.first.test(first.toString('latin1'));
      if (isPlanned) plan.times -= 1;
      const counts: Counts = { up: 0, down: 0 };
      if (isPlanned) passed = counts;
      const carry = carrier({ client, upstream, counts, cut: isPlanned ? plan.cut : undefined });
      carry('up', first);
      client.on('data', (piece: Buffer) => carry('up', piece));
      upstream.on('data', (piece: Buffer) => carry('down', piece));
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  writeFileSync(`${descriptorFile}.proxy`, JSON.stringify({ ...descriptor, socket }), { mode: 0o600 });
  renameSync(`${descriptorFile}.proxy`, descriptorFile);
  return {
    get passed() {
      return passed;
    },
    plan: (first, cut, times) => {
      plan = { first, cut, times };
    },
    async close() {
      for (const one of open) one.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Connection {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly counts: Counts;
  readonly cut: Cut | undefined;
}

/** Passes pieces on, up to the cut; what was let through arrives before the end does. */
function carrier({ client, upstream, counts, cut }: Connection): (way: Cut['way'], piece: Buffer) => void {
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  let isCut = false;
  return (way, piece) => {
    if (isCut) return;
    const to = way === 'up' ? upstream : client;
    const left = cut?.way === way ? cut.after - counts[way] : Infinity;
    counts[way] += piece.length;
    isCut = left <= piece.length;
    if (isCut) to.write(piece.subarray(0, left), () => setImmediate(end));
    else to.write(piece);
  };
}
