import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { END, encodeEvent } from '../../src/api/event-stream.ts';
import { ensureToken } from '../../src/client/token.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import { isDead, stopped } from '../rig/processes.ts';
import type { Home } from '../rig/daemon.ts';
import { programArgv } from '../rig/program.ts';

let home: Home;
let peer: Server | undefined;
beforeEach(() => {
  home = makeHome();
});
afterEach(async () => {
  peer?.closeAllConnections();
  peer?.close();
  peer = undefined;
  await home.close();
});

const HEALTH = {
  status: 'healthy',
  phase: 'ready',
  version: '9.9.9',
  protocol: { min: 1, max: 1 },
  pid: process.pid,
  instance_id: 'peer',
  settings: {},
  troubles: [],
};

/** A peer that behaves as badly as the test wants, where the client looks for an orchestrator. */
async function listen(
  behave: (request: IncomingMessage, response: ServerResponse) => void,
  health: object = HEALTH,
): Promise<void> {
  mkdirSync(home.paths.dataDir, { mode: 0o700 });
  ensureToken(home.paths.token);
  const socket = join(home.root, 'peer.sock');
  peer = createServer((request, response) => {
    if (request.url === '/health') response.end(JSON.stringify(health));
    else request.resume().on('end', () => behave(request, response));
  });
  await new Promise((resolve) => peer?.listen(socket, () => resolve(null)));
  const descriptor = { instance_id: 'peer', pid: process.pid, start_time: null, boot_id: null, socket, endpoint: null };
  const rest = { protocol: { min: 1, max: 1 }, version: '9.9.9', build_id: 'b', started_at: '' };
  writeFileSync(home.paths.descriptor, JSON.stringify({ ...descriptor, ...rest }));
}

test('a request whose answer got lost is made again with the same key', async () => {
  const keys: unknown[] = [];
  await listen((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (keys.length < 3) request.socket.destroy();
    else response.writeHead(202).end('{"workflow_id":"w","status":"queued"}');
  });
  expect(valueOf(await (await home.client()).submit({ workflow: {} }, 'mine')).workflow_id).toBe('w');
  expect(keys).toEqual(['mine', 'mine', 'mine']);
});

test('a request that is never answered leaves open whether it was accepted', async () => {
  await listen((request) => request.socket.destroy());
  const lost = await (await home.client()).submit({ workflow: {} }, 'mine');
  expect(lost).toMatchObject({ ok: false, error: { code: 'unavailable', proof: 'unclear', reason: 'broken' } });
});

test('what is proven for the last try alone is not proven for all', async () => {
  await listen((request) => {
    request.socket.destroy();
    writeFileSync(home.paths.descriptor, '');
  });
  const client = await home.client({ command: [join(home.root, 'missing')] });
  const lost = await client.submit({ workflow: {} }, 'mine');
  expect(lost).toMatchObject({ ok: false, error: { code: 'unavailable', proof: 'unclear', reason: 'absent' } });
});

test('an answer that comes too late is not waited for, and not asked for twice', async () => {
  let asked = 0;
  await listen(() => (asked += 1));
  const env = { PROVISIONING_ORCHESTRATOR_TIMEOUT_SECONDS: '5' };
  const late = await (await home.client({ env })).submit({ workflow: {} }, 'mine');
  expect(late).toMatchObject({ ok: false, error: { code: 'unavailable', proof: 'unclear', reason: 'silent' } });
  expect(asked).toBe(1);
});

test('an orchestrator that answered "later" has answered', async () => {
  let asked = 0;
  await listen((_request, response) => {
    asked += 1;
    response.writeHead(503).end('{"code":"try_later","detail":"the disk is full"}');
  });
  const later = await (await home.client()).submit({ workflow: {} }, 'mine');
  expect(later).toMatchObject({
    ok: false,
    error: { code: 'try_later', proof: 'answered', message: 'the disk is full' },
  });
  expect(asked).toBe(1);
});

test('one that speaks another protocol is neither used nor replaced', async () => {
  await listen((_request, response) => response.end('{}'), { ...HEALTH, protocol: { min: 7, max: 9 } });
  const client = await home.client({ command: [join(home.root, 'missing')] });
  const refused = await client.submit({ workflow: {} }, 'mine');
  expect(refused).toMatchObject({ ok: false, error: { code: 'try_later', proof: 'answered' } });
  expect(JSON.stringify(refused)).toMatch(/9\.9\.9.*7–9/);
});

test('a stream that is cut goes on where it was cut, and hands over nothing twice', async () => {
  const event = (seq: number, type: string): string =>
    encodeEvent({ seq, type, at: '2026-01-01T00:00:00.000Z', workflow_id: 'w', data: {} });
  const asked: unknown[] = [];
  await listen((request, response) => {
    asked.push(request.headers['last-event-id']);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (asked.length === 1)
      response.write(event(1, 'a') + event(2, 'b') + event(3, 'c').slice(0, 20), () => request.socket.destroy());
    else if (asked.length === 2) response.end(event(2, 'b') + event(3, 'c'));
    else response.end(event(4, 'run.finished') + END);
  });
  const seen: number[] = [];
  const client = await home.client();
  const followed = await client.follow('w', { after: 0, onEvent: ({ seq }) => seen.push(seq), start: false });
  expect(valueOf(followed)).toEqual({ finished: true });
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual(['0', '2', '3']);
});

test('a stopped orchestrator is waited for as long as one answer may take, never doubled, and used again', async () => {
  const client = await home.client();
  const { pid, instance_id } = valueOf(await client.start());
  const hasty = await home.client({ env: { PROVISIONING_ORCHESTRATOR_TIMEOUT_SECONDS: '1' } });
  await stopped(pid);
  const silent = await hasty.submit({ workflow: {} }, 'mine');
  expect(silent).toMatchObject({ ok: false, error: { code: 'unavailable', reason: 'silent' } });
  const asking = await hasty.status();
  expect(asking).toMatchObject({ ok: false, error: { hint: expect.not.stringContaining('--key') } });
  process.kill(pid, 'SIGCONT');
  expect(isDead(pid)).toBe(false);
  expect(valueOf(await client.start()).instance_id).toBe(instance_id);
});

test('who asks a stopped orchestrator is told that it does not answer, and gets the answer when it goes on', async () => {
  const { pid } = valueOf(await (await home.client()).start());
  await stopped(pid);
  const argv = [...programArgv().slice(1), 'orchestrator', 'status'];
  const command = spawn(programArgv()[0], argv, { cwd: home.root, env: home.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [said] = await once(command.stderr, 'data');
  expect(String(said)).toMatch(/^warning: the orchestrator does not answer; waiting for up to 60 s .*doctor/);
  process.kill(pid, 'SIGCONT');
  const [[code], shown] = await Promise.all([once(command, 'exit'), text(command.stdout)]);
  expect({ code, shown }).toEqual({ code: 0, shown: expect.stringContaining('is running') });
});

test('a submission that got no answer names the key to ask again with, though nobody gave one', async () => {
  await listen(() => undefined);
  const flow = join(home.root, 'flow.json');
  writeFileSync(flow, '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]}}]}');
  const argv = [...programArgv().slice(1), 'workflow', 'submit', flow];
  const env = { ...home.env, PROVISIONING_ORCHESTRATOR_TIMEOUT_SECONDS: '5' };
  const command = spawn(programArgv()[0], argv, { cwd: home.root, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [[code], stderr] = await Promise.all([once(command, 'exit'), text(command.stderr)]);
  expect({ code, stderr }).toEqual({
    code: 10,
    stderr: expect.stringMatching(/did not answer in time[^]*--key [\w-]{8,}/),
  });
});

test('Ctrl-C before the answer to a submission says that the orchestrator may have it: 130', async () => {
  const asked = Promise.withResolvers<null>();
  await listen((request) => {
    if (request.method === 'POST') asked.resolve(null);
  });
  const flow = join(home.root, 'flow.json');
  writeFileSync(flow, '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]}}]}');
  const argv = [...programArgv().slice(1), 'workflow', 'submit', flow];
  const command = spawn(programArgv()[0], argv, { cwd: home.root, env: home.env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = Promise.all([once(command, 'exit'), text(command.stderr)]);
  await asked.promise;
  command.kill('SIGINT');
  const [[code], stderr] = await ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('it may have the work') });
  expect(stderr).toContain('See: provisioning workflow list');
});
