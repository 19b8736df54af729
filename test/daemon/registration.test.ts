import { Hono } from 'hono';
import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listenOnSocket } from '../../src/daemon/listen-socket.ts';
import { describe, register } from '../../src/daemon/registration.ts';
import { temporaryPaths } from '../rig/engine.ts';

test("a door that is shut for a moment, to see whether somebody stands in it, is nobody else's", async () => {
  const { root, remove } = temporaryPaths();
  const files = { descriptor: `${root}/daemon.json`, token: `${root}/token` };
  const socket = `${root}/daemon.sock`;
  const listener = await listenOnSocket(new Hono(), socket);
  try {
    writeFileSync(files.token, 'token\n');
    const known = { instance_id: 'one', version: '0.0.0', build_id: 'x', socket, endpoint: null, started_at: '' };
    const registration = register(files, describe(known), 'token');
    expect(registration.isMine()).toBe(true);
    const isShut = listener.shut();
    expect([existsSync(socket), registration.isMine()]).toEqual([false, true]);
    expect([await isShut, registration.isMine()]).toEqual([true, false]);
  } finally {
    listener.stop();
    await listener.closed();
    remove();
  }
});
