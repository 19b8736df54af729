import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterBench } from '../rig/clusters.ts';
import type { Outcome } from '../rig/nushell.ts';

let bench: ClusterBench;
beforeEach(async () => {
  bench = await ClusterBench.make();
});
afterEach(() => bench.remove());

/** Makes web-1 and gives the root of its host. */
async function createServer(): Promise<string> {
  await bench.createServers('web-1');
  return bench.server('web-1').facts.root;
}

describe('a local host', () => {
  const usingHost = (body: string): string =>
    `use providers/provider.nu [host-exec host-put host-get]\nexport def check-host [request: record] {\n${body}\n}\n`;
  const check = async (body: string, params: Record<string, unknown> = {}): Promise<Outcome> => {
    const library = bench.library(await bench.module('hosts/check.nu', usingHost(body)));
    return bench.run({ type: 'host.check', params }, library);
  };

  test('runs a command in its root and gives output and status, whatever the arguments contain', async () => {
    const root = await createServer();
    const argument = `it's "$(id)" *`;
    const outcome = await check(
      'host-exec $request web-1 ["sh" "-c" \'pwd; printf "%s" "$1"; echo oops >&2; exit 3\' "sh" $request.params.argument]',
      { argument },
    );
    expect(outcome.result).toMatchObject({ stdout: `${root}\n${argument}`, stderr: 'oops\n', exit_code: 3 });
  });

  test('keeps files whole and gives them back', async () => {
    await createServer();
    const text = 'a\r\n"b" ü\n';
    const outcome = await check(
      'host-put $request web-1 "etc/deep/file.conf" $request.params.text; { got: (host-get $request web-1 "etc/deep/file.conf"), none: (host-get $request web-1 etc/none) }',
      { text },
    );
    expect(outcome.result).toMatchObject({ got: text, none: null });
  });

  test.each(['../x', 'etc/../../x', '', '.', 'etc//x', 'link/passwd', 'file-link'])(
    'the path %j is refused for reading and writing',
    async (path) => {
      const root = await createServer();
      await symlink('/etc', join(root, 'link'));
      await symlink('/etc/passwd', join(root, 'file-link'));
      const written = await check('host-put $request web-1 $request.params.path "x"; {}', { path });
      expect(written).toMatchObject({ exit: 1, failure: { code: 'usage' } });
      const read = await check('{ got: (host-get $request web-1 $request.params.path) }', { path });
      expect(read).toMatchObject({ exit: 1, failure: { code: 'usage' } });
    },
  );

  test('a server that does not exist is named', async () => {
    const outcome = await check('host-exec $request web-9 ["true"]');
    expect(outcome.failure).toMatchObject({
      code: 'not_found',
      message: 'there is no local server web-9 in infra wuji',
    });
  });
});
