import { createHash, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quoteWords } from '../../src/domain/quote.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { Bench } from '../rig/nushell.ts';
import type { Outcome } from '../rig/nushell.ts';

/** What is asked of the ssh provider is asked of hosts that are reached as root and by sudo. */
const KINDS = ['local', 'ssh as root', 'ssh by sudo'] as const;
const HOSTILE = `it's "$(touch /tmp/canary)" \`touch /tmp/canary\` \${HOME} * ~ \\n \\ ! & | ; # {{ 7 * 7 }}\n-n\té`;

describe.each(KINDS)('the contract of providers: %s', (kind) => {
  const ssh = kind !== 'local';
  describe.skipIf(ssh && !hostsHere)('a host', () => {
    let bench: Bench;
    let hosts: Hosts | undefined;
    let definition: Record<string, unknown>;

    beforeAll(async () => {
      bench = await Bench.make();
      if (ssh) hosts = Hosts.up(1);
      const user = kind === 'ssh as root' ? 'root' : 'admin';
      definition = hosts === undefined ? {} : { address: hosts.host(1).address, identity: hosts.key, user };
      await bench.run({ type: 'server.create', id: 'web-1', provider: ssh ? 'ssh' : 'local', params: definition });
    });
    afterAll(async () => {
      await bench.remove();
      hosts?.down();
    });

    /** Runs Nushell with the contract at hand; what it gives is the result. */
    const run = async (body: string, params: Record<string, unknown> = {}): Promise<Outcome> => {
      const text = `use providers/provider.nu *\nexport def check-host [request: record] {\nlet p = $request.params\n${body}\n}\n`;
      return bench.run({ type: 'host.check', params }, bench.library(await bench.module('hosts/check.nu', text)));
    };
    const create = (params = definition, key = 'other'): Promise<Outcome> =>
      bench.run({ type: 'server.create', id: 'web-1', provider: ssh ? 'ssh' : 'local', params, key });

    test('is made once: again with the same definition it is unchanged, with another one it is a conflict', async () => {
      expect((await create()).result).toMatchObject({
        message: 'Server web-1 exists already, unchanged',
        changed: false,
      });
      const other = await create({ ...definition, plan: '2xCPU-4GB' });
      expect(other.failure).toMatchObject({ code: 'conflict' });
      expect(other.failure?.['help']).toContain('plan');
    });

    test('is found by a probe, listed, and tells its facts anew', async () => {
      const module = ssh ? 'ssh' : 'local';
      const { result } = await run(`use providers/${module}.nu
        { there: (host-probe $request web-1), not: (host-probe $request web-2), list: (${module} host-list $request), facts: (host-read $request web-1), none: (host-read $request web-2) }`);
      expect(result).toMatchObject({ there: true, not: false, list: ['web-1'], none: null });
      const known = bench.inventory['servers']?.['web-1'] as { facts: Record<string, unknown> };
      expect(result?.['facts']).toMatchObject({ address: known.facts['address'], hostname: known.facts['hostname'] });
    });

    test('runs a command with its arguments as they are, and gives what it printed and its exit code', async () => {
      const script = 'printf "%s\\n" "$#" "$1" "$2"; cat; echo oops >&2; exit 7';
      const { result } = await run(
        'host-exec $request web-1 ["sh" "-c" $p.script "sh" $p.hostile ""] --stdin $p.hostile',
        {
          script,
          hostile: HOSTILE,
        },
      );
      expect(result).toMatchObject({ stdout: `2\n${HOSTILE}\n\n${HOSTILE}`, stderr: 'oops\n', exit_code: 7 });
      const { result: canary } = await run('host-exec $request web-1 ["ls" "/tmp/canary"]');
      expect(canary).toMatchObject({ exit_code: 2 });
    });

    test('gives the exit code 255 as any other', async () => {
      expect((await run('host-exec $request web-1 ["sh" "-c" "exit 255"]')).result).toMatchObject({ exit_code: 255 });
    });

    test('says how a shell reaches it, for as long as that holds', async () => {
      const { result } = await run('host-reach $request web-1');
      const way = result as unknown as { holds: string; run: string; alive: string };
      // What it stands on: the connection, which this task leaves open, or the record of the host.
      expect(existsSync(way.holds)).toBe(true);
      const script = 'printf "%s\\n" "$1" "$2"; exit 7';
      const words = ['sh', '-c', script, 'sh', HOSTILE, ''];
      const text = `run() { ${way.run}; }; alive() { ${way.alive}; }; line=$1 log=/dev/null; shift; alive && run "$@"`;
      const ran = spawnSync('/bin/sh', ['-c', text, 'sh', quoteWords(words), ...words], { encoding: 'utf8' });
      expect([ran.stdout, ran.status]).toEqual([`${HOSTILE}\n\n`, 7]);
    });

    test('ends a command that takes too long', async () => {
      const { result } = await run('host-exec $request web-1 ["sleep" "60"] --timeout 200ms');
      expect(result).toMatchObject({ exit_code: 124 });
    });

    test('a command that has to succeed says how it failed', async () => {
      const { failure } = await run('{ got: (host-run $request web-1 ["sh" "-c" "echo no room >&2; exit 3"]) }');
      expect(failure?.['message']).toBe('sh on web-1 failed with exit code 3: no room');
    });

    test('keeps files whole and gives them back, as text and as binary, with and without the first slash', async () => {
      const { result } = await run(
        `host-put $request web-1 /srv/deep/er/file $p.text
        host-put $request web-1 srv/binary 0x[00 ff 0a 0d 80 c3 28]
        { got: (host-get $request web-1 srv/deep/er/file), raw: (host-get $request web-1 /srv/binary --raw | encode hex), none: (host-get $request web-1 /srv/none) }`,
        { text: `a\r\n${HOSTILE}` },
      );
      expect(result).toMatchObject({ got: `a\r\n${HOSTILE}`, raw: '00FF0A0D80C328', none: null });
    });

    test('a name of a file is only a name', async () => {
      const path = `srv/it's "$(touch canary)" * {{ x }}`;
      const { result } = await run(
        'host-put $request web-1 $p.path "x"; let got = host-get $request web-1 $p.path; host-remove $request web-1 $p.path; { got: $got, gone: (host-get $request web-1 $p.path) }',
        { path },
      );
      expect(result).toMatchObject({ got: 'x', gone: null });
    });

    test.each(['../x', 'etc/../../x', '', '.', '/', 'etc//x', 'a\nb'])('the path %j is refused', async (path) => {
      for (const body of [
        'host-put $request web-1 $p.path "x"',
        'host-get $request web-1 $p.path',
        'host-remove $request web-1 $p.path',
      ])
        expect(await run(`${body}; {}`, { path })).toMatchObject({ exit: 1, failure: { code: 'usage' } });
    });

    test('a file has the mode that it is given, and keeps it', async () => {
      const { result } = await run(
        `host-put $request web-1 /srv/secret "a" --mode "600"
        host-put $request web-1 /srv/secret "b"
        { mode: (host-run $request web-1 ["sh" "-c" 'stat -c %a "$1"srv/secret' sh $p.root]) }`,
        {
          root: ssh ? '/' : './',
        },
      );
      expect(result).toMatchObject({ mode: '600\n' });
    });

    test('takes and gives files of any size without a byte changed', async () => {
      const bytes = randomBytes(20 * 1024 * 1024);
      const [from, to] = [join(bench.root, 'big'), join(bench.root, 'back')];
      await writeFile(from, bytes);
      const { result } = await run(
        'host-put $request web-1 /srv/big --from $p.from; { got: (host-get $request web-1 /srv/big --to $p.to) }',
        { from, to },
      );
      expect(result).toMatchObject({ got: true });
      const sum = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
      expect(sum(await readFile(to))).toBe(sum(bytes));
    });

    test('a file that cannot be written leaves all as it was', async () => {
      await run('host-put $request web-1 /srv/only/file "old"; {}');
      const { failure } = await run('host-put $request web-1 /srv/only/file/below "new"; {}');
      expect(failure).toBeDefined();
      const { result } = await run(
        '{ got: (host-get $request web-1 /srv/only/file), all: (host-run $request web-1 ["ls" "-A" $p.folder]) }',
        {
          folder: ssh ? '/srv/only' : 'srv/only',
        },
      );
      expect(result).toMatchObject({ got: 'old', all: 'file\n' });
    });

    test('a server that does not exist is named', async () => {
      for (const body of [
        'host-exec $request web-9 ["true"]',
        'host-get $request web-9 x',
        'host-put $request web-9 x "y"; {}',
      ])
        expect((await run(body)).failure).toMatchObject({ code: 'not_found' });
    });

    test('is let go once, and again without a complaint', async () => {
      const gone = await bench.run({ type: 'server.delete', id: 'web-1' });
      expect(gone.result).toMatchObject({ changed: true });
      const again = await bench.run({ type: 'server.delete', id: 'web-1', provider: ssh ? 'ssh' : 'local' });
      expect(again.result).toMatchObject({ message: 'Server web-1 is absent already', changed: false });
      expect((await create(definition, 'new')).result).toMatchObject({ message: 'Server web-1 created' });
    });
  });
});
