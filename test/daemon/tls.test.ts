import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import { tcpAddress } from '../../src/daemon/endpoint.ts';
import { makeIssuer } from '../rig/certificates.ts';
import type { Issuer, Pair } from '../rig/certificates.ts';
import { test as base } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { programArgv } from '../rig/program.ts';

const FLOW = '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]}}]}';

/** Root may give itself a network of its own, in which an address of other machines is this one's. */
const canUnshare = process.getuid?.() === 0 && spawnSync('unshare', ['-n', 'ip', 'link']).status === 0;
if (!canUnshare) console.warn('this user may not make networks: nothing listens on an address of other machines');

const test = base.extend<{ issuer: Issuer }>({
  issuer: async ({ home }, use) => {
    home.write('flow.json', FLOW);
    await use(makeIssuer(home.root));
  },
});

const served = ({ cert, key }: Pair) => ({ PROVISIONING_SERVER_TLS_CERT: cert, PROVISIONING_SERVER_TLS_KEY: key });

const remote = (home: Home, endpoint: string, ca?: string) => ({
  PROVISIONING_ORCHESTRATOR_ENDPOINT: endpoint,
  PROVISIONING_TOKEN_FILE: `${home.dataDir}/token`,
  PROVISIONING_STORAGE_DATA_DIR: `${home.root}/elsewhere`,
  PROVISIONING_ORCHESTRATOR_CA_FILE: ca,
});

const curl = (endpoint: string, ca: string, ...more: readonly string[]): string =>
  spawnSync('curl', ['-sS', '--max-time', '20', '--cacert', ca, ...more, `${endpoint}/workflows`]).stdout.toString();

test.runIf(canUnshare)(
  'other machines are listened to by TLS and with a token only',
  async ({ home, issuer, begin, provisioning }) => {
    const pair = issuer.issue('server', ['IP:192.0.2.1', 'DNS:orchestrator.example']);
    const own = 'ip link set lo up && ip addr add 192.0.2.1/32 dev lo && exec "$@"';
    const serving = begin('orchestrator run', {
      program: ['unshare', '-n', 'sh', '-c', own, 'sh', ...programArgv()],
      env: { ...served(pair), PROVISIONING_SERVER_HOST: '0.0.0.0', PROVISIONING_SERVER_PORT: '8443' },
    });
    const there = ['nsenter', '-n', '-t', String(serving.child.pid)] as const;
    const program = [...there, ...programArgv()] as const;
    await expect.poll(async () => (await provisioning('orchestrator status', { program })).code).toBe(0);
    expect((await provisioning('orchestrator status --json')).json()).toMatchObject({
      endpoint: 'https://0.0.0.0:8443',
      troubles: [],
    });
    const env = remote(home, 'https://192.0.2.1:8443', issuer.ca);
    const status = await provisioning('orchestrator status --json', { program, env });
    expect(status.json()).toMatchObject({ running: true, socket: null, endpoint: 'https://192.0.2.1:8443' });
    expect((await provisioning('workflow submit flow.json --wait', { program, env })).code).toBe(0);
    expect((await provisioning('workflow list --json', { program, env })).json()).toHaveLength(1);
    const ask = (path: string, ...more: readonly string[]) =>
      spawnSync(there[0], [...there.slice(1), 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...more, path]);
    const ca = ['--cacert', issuer.ca];
    expect(ask('https://192.0.2.1:8443/workflows', ...ca).stdout.toString()).toBe('401');
    expect(ask('https://192.0.2.1:8443/workflows', ...ca, '-H', 'Host: evil.example').stdout.toString()).toBe('403');
    expect(ask('https://192.0.2.1:8443/workflows').stdout.toString()).toBe('000');
    expect(ask('http://192.0.2.1:8443/workflows').stdout.toString()).toBe('000');
    expect(existsSync(`${home.root}/elsewhere`)).toBe(false);
    serving.child.kill('SIGTERM');
    expect((await serving.ended).code).toBe(0);
  },
);

test('an endpoint that cannot be trusted gets no request, and the text says why', async ({
  home,
  issuer,
  provisioning,
}) => {
  const pair = issuer.issue('localhost', ['DNS:localhost']);
  const started = await provisioning('orchestrator start', {
    env: { ...served(pair), PROVISIONING_SERVER_HOST: 'localhost', PROVISIONING_SERVER_PORT: '0' },
  });
  expect(started.code).toBe(0);
  const { endpoint } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  const port = new URL(endpoint ?? '').port;
  expect(endpoint).toBe(`https://127.0.0.1:${port}`);
  const good = `https://localhost:${port}`;
  const attempt = async (url: string, ca?: string): Promise<string> => {
    const ran = await provisioning('workflow submit flow.json', { env: remote(home, url, ca) });
    expect({ url, code: ran.code, stdout: ran.stdout }).toMatchObject({ code: ran.code === 2 ? 2 : 10, stdout: '' });
    return ran.stderr;
  };
  expect(await attempt(good)).toMatch(/not trusted.*issuer[\s\S]*orchestrator\.ca_file/);
  expect(await attempt(good, makeIssuer(home.root, 'stranger').ca)).toMatch(/not trusted.*issuer/);
  expect(await attempt(`https://127.0.0.1:${port}`, issuer.ca)).toMatch(/not trusted.*another name/);
  expect(await attempt(good, `${home.root}/missing.pem`)).toContain('missing.pem');
  expect(await attempt(good, home.write('no.pem', 'none'))).toContain('holds no certificate');
  expect(await attempt(`http://localhost:${port}`)).toMatch(/without an answer|cannot be reached/);
  expect(await attempt(`http://192.0.2.1:${port}`, issuer.ca)).toContain('https://');
  const { stdout } = await provisioning('workflow list --json');
  expect(JSON.parse(stdout)).toEqual([]);
  const flow = await provisioning('workflow submit flow.json --wait', { env: remote(home, good, issuer.ca) });
  expect(flow.code).toBe(0);
});

test('a certificate that is renewed is shown without a restart, and one that cannot be used changes nothing', async ({
  home,
  issuer,
  provisioning,
}) => {
  const now = issuer.issue('now', ['IP:127.0.0.1'], -1);
  const later = issuer.issue('later', ['IP:127.0.0.1']);
  const env = { ...served(now), PROVISIONING_SERVER_HOST: '127.0.0.1', PROVISIONING_SERVER_PORT: '0' };
  expect((await provisioning('orchestrator start', { env })).code).toBe(0);
  const { endpoint, pid, troubles } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  expect(troubles).toEqual([expect.stringContaining('expired')]);
  const client = { env: remote(home, endpoint ?? '', issuer.ca) };
  expect((await provisioning('workflow list', client)).stderr).toContain('has expired');
  writeFileSync(now.cert, 'half a file');
  await expect.poll(() => readFileSync(`${home.dataDir}/daemon.log`, 'utf8')).toContain('PEM');
  copyFileSync(later.key, now.key);
  copyFileSync(later.cert, now.cert);
  await expect.poll(async () => (await provisioning('workflow list', client)).code).toBe(0);
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ pid });
  const token = readFileSync(`${home.dataDir}/token`, 'utf8').trim();
  expect(curl(endpoint ?? '', issuer.ca, '-H', `Authorization: Bearer ${token}`)).toContain('[]');
});

test('what cannot be a certificate is refused before anything listens: exit 2, with the key and the remedy', async ({
  home,
  issuer,
  provisioning,
}) => {
  const pair = issuer.issue('server', ['IP:127.0.0.1']);
  const other = issuer.issue('other', ['IP:127.0.0.1']);
  const open = issuer.issue('open', ['IP:127.0.0.1']);
  chmodSync(open.key, 0o644);
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ PROVISIONING_SERVER_HOST: '0.0.0.0' }, /0\.0\.0\.0.*no certificate[\s\S]*server\.tls_cert and server\.tls_key/],
    [{ PROVISIONING_SERVER_TLS_CERT: pair.cert }, /server\.tls_cert is set, but server\.tls_key is not/],
    [served({ ...pair, key: other.key }), /does not belong to/],
    [served({ ...pair, cert: `${home.root}/none.pem` }), /none\.pem.*ENOENT/],
    [served({ ...pair, cert: pair.key }), /PEM/],
    [served(open), /everybody[\s\S]*chmod/],
  ];
  for (const [keys, text] of cases) {
    const env = { PROVISIONING_SERVER_PORT: '0', ...keys };
    for (const args of ['orchestrator start', 'orchestrator run']) {
      const ran = await provisioning(args, { env });
      expect({ keys, code: ran.code, stderr: ran.stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(text),
      });
    }
  }
  expect(existsSync(`${home.dataDir}/daemon.json`)).toBe(false);
});

test('someone who says nothing, or nonsense, does not keep others out', async ({ home, issuer, provisioning }) => {
  const pair = issuer.issue('server', ['IP:127.0.0.1']);
  const env = { ...served(pair), PROVISIONING_SERVER_HOST: '127.0.0.1', PROVISIONING_SERVER_PORT: '0' };
  expect((await provisioning('orchestrator start', { env })).code).toBe(0);
  const { endpoint } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  const sockets = Array.from({ length: 50 }, (_, index) => {
    const socket = connect(Number(new URL(endpoint ?? '').port), '127.0.0.1');
    socket.on('error', () => undefined);
    if (index % 2 === 0) socket.write('GET /workflows HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  });
  const client = { env: remote(home, endpoint ?? '', issuer.ca) };
  expect((await provisioning('workflow submit flow.json --wait', client)).code).toBe(0);
  for (const socket of sockets) socket.destroy();
});

const SERVER = { host: null, port: null, tls_cert: null, tls_key: null };
const TLS = { tls_cert: '/c', tls_key: '/k' };
test.for([
  [{ ...SERVER }, null, undefined],
  [{ ...SERVER, port: 1 }, null, { host: '127.0.0.1', port: 1, tls: undefined }],
  [{ ...SERVER, host: '::1', port: 1 }, null, { host: '::1', port: 1, tls: undefined }],
  [{ ...SERVER, ...TLS, host: '::', port: 1 }, null, { host: '::', port: 1, tls: { cert: '/c', key: '/k' } }],
  [{ ...SERVER, ...TLS }, 'https://localhost', { host: '127.0.0.1', port: 443, tls: { cert: '/c', key: '/k' } }],
  [{ ...SERVER }, 'http://localhost:9090', { host: '127.0.0.1', port: 9090, tls: undefined }],
  [{ ...SERVER }, 'https://10.0.0.1:9090', undefined],
] as const)('by %j and the endpoint %s it listens on %j', ([server, endpoint, address]) => {
  expect(tcpAddress({ server, orchestrator: { endpoint } })).toEqual({ ok: true, value: address });
});
