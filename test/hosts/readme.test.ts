import { chmodSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { test } from '../rig/cli-test.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { run } from '../rig/program.ts';

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

describe.skipIf(!hostsHere)('the README', () => {
  test('shows what works as printed on a host of your own', async ({ home }) => {
    const hosts = Hosts.up(1);
    try {
      chmodSync(home.write('dist/serve', '#!/bin/sh\nexec sleep 1000\n'), 0o755);
      const [, block = ''] = /## Hosts of your own.*?```sh\n(.*?)```/s.exec(README) ?? [];
      const lines = block.split('\n').filter((line) => line !== '');
      expect(lines).toHaveLength(6);
      for (const line of lines) {
        const here = line.replace('10.0.0.7', hosts.host(1).address).replace('~/.ssh/id_ed25519', hosts.key);
        const words = here
          .replace(/\s+#.*$/, '')
          .split(' ')
          .slice(2);
        const ran = await run(home, words);
        expect([line, ran.code, ran.stderr]).toEqual([line, 0, expect.anything()]);
      }
    } finally {
      hosts.down();
    }
  });
});
