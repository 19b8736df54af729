import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { daemonEnvironment } from '../../src/client/environment.ts';
import { portWarning } from '../../src/client/port-warning.ts';
import { isLoopback, targetOf } from '../../src/client/target.ts';
import { ensureToken, readToken } from '../../src/client/token.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provisioning-test-'));
  file = join(folder, 'token');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('an orchestrator inherits what is on the list, and nothing of a task, a workspace or a debugger', () => {
  const kept = { PATH: '/bin', LC_ALL: 'C', XDG_STATE_HOME: '/s', CI: '1', RUNNER_TRACKING_ID: 'x' };
  const settings = { PROVISIONING_STORAGE_DATA_DIR: '/d', PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS: '3' };
  const dropped = {
    NODE_OPTIONS: '--inspect',
    LD_PRELOAD: 'x',
    HTTP_PROXY: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    PROVISIONING_TASK_TOKEN: 'x',
    PROVISIONING_TASK_DIR: 'x',
    PROVISIONING_TOKEN_FILE: 'x',
    PROVISIONING_SOCKET: 'x',
    PROVISIONING_WORKSPACE: 'x',
    PROVISIONING_MODE: 'direct',
  };
  expect(daemonEnvironment({ ...kept, ...settings, ...dropped, USER: undefined })).toEqual({ ...kept, ...settings });
});

test('the first who needs a token makes it, for the user alone', () => {
  const token = ensureToken(file);
  expect(token).toMatchObject({ ok: true });
  expect(ensureToken(file)).toEqual(token);
  expect(readFileSync(file, 'utf8')).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  ['is readable by others', () => chmodSync(file, 0o644), 'chmod 600 /'],
  ['holds something else', () => writeFileSync(file, 'secret\n'), 'does not hold a token'],
  ['is a link', () => (rmSync(file), symlinkSync('/etc/hostname', file)), 'no plain file'],
])('a token file that %s is refused', (_name, spoil, reason) => {
  ensureToken(file);
  spoil();
  expect(readToken(file)).toMatchObject({ ok: false, error: { code: 'config_invalid' } });
  expect(JSON.stringify(ensureToken(file))).toContain(reason);
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['[::1]', true],
  ['::1', true],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['0.0.0.0', false],
  ['[::]', false],
  ['10.0.0.1', false],
])('whether %s is this machine: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

const target = (url: string | null, tokenFile: string | undefined): ReturnType<typeof targetOf> =>
  targetOf({ url, tokenFile, caFile: '/ca.pem' });

test('an endpoint on this machine means the own orchestrator, unless a token file says whose it is', () => {
  ensureToken(file);
  expect(target(null, file)).toMatchObject({ value: { kind: 'local' } });
  expect(target('http://localhost:9090', undefined)).toMatchObject({ value: { kind: 'local' } });
  expect(target('http://localhost:9090', file)).toMatchObject({
    value: { kind: 'remote', door: { address: { host: 'localhost', port: 9090 } } },
  });
  expect(target('https://[fd00::1]', file)).toMatchObject({
    value: { kind: 'remote', door: { address: { host: 'fd00::1', port: 443, tls: { caFile: '/ca.pem' } } } },
  });
});

test.each([
  ['https://10.0.0.1:8080', undefined, 'PROVISIONING_TOKEN_FILE'],
  ['http://10.0.0.1:8080', 'token', 'https://'],
  ['10.0.0.1:8080', 'token', 'http://HOST:PORT'],
])('the endpoint %s with the token file %s is refused', (endpoint, name, text) => {
  ensureToken(file);
  const refused = target(endpoint, name === undefined ? undefined : file);
  expect(refused).toMatchObject({ ok: false, error: { code: 'config_invalid' } });
  expect(JSON.stringify(refused)).toContain(text);
});

test('a client is told when the orchestrator listens elsewhere than its endpoint says', () => {
  const descriptor = {
    instance_id: 'i',
    pid: 1,
    start_time: null,
    boot_id: null,
    socket: '/s',
    endpoint: 'http://127.0.0.1:8080',
    protocol: { min: 1, max: 1 },
    version: '0',
    build_id: 'b',
    started_at: 't',
  };
  expect(portWarning('http://localhost:9090', descriptor)).toContain('http://127.0.0.1:8080');
  expect(portWarning('http://localhost:9090', { ...descriptor, endpoint: null })).toContain('its socket only');
  expect(portWarning('http://localhost:8080', descriptor)).toBeUndefined();
  expect(portWarning(null, descriptor)).toBeUndefined();
  expect(portWarning('http://10.0.0.1:1', null)).toBeUndefined();
});
