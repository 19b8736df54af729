import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { nuBinary, shippedLibrary } from '../rig/nushell.ts';
import { untilListening } from '../rig/host-home.ts';

/** Takes every connection, and says nothing. */
const SILENT =
  'use IO::Socket::INET; $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 999, Listen => 99) or die; while ($c = $s->accept) { push @all, $c }';
const HTTP = '/usr/lib/apt/methods/http';

describe.skipIf(!hostsHere)('packages whose mirror does not deliver', () => {
  let hosts: Hosts;
  beforeAll(() => {
    hosts = Hosts.up(1);
    on('cp /etc/apt/sources.list /root/sources.list; cp -a /usr/lib/apt/methods /root/methods');
  });
  afterAll(() => hosts.down());

  const on = (command: string): string => hosts.ssh(hosts.host(1), command);
  /** What the program that installs them says of them. */
  const installing = (name: string, quiet: number): readonly string[] => {
    const options = `{ systems: [debian], init: "", resources: [(packages [${name}])], apt_quiet: ${quiet} }`;
    const text = `use lib/converge.nu host-program; use lib/resources.nu packages; host-program ${options}`;
    const program = spawnSync(nuBinary(), ['-n', '--no-std-lib', '-I', shippedLibrary, '-c', text], {
      encoding: 'utf8',
    });
    expect(program.stderr).toBe('');
    writeFileSync(join(hosts.rootOf(hosts.host(1)), 'root/program'), program.stdout);
    const said = on('sh /root/program || true').trim().split('\n');
    return said.filter((line) => line !== 'W');
  };
  /** Another program in place of apt-get's method; it has to be a real method's when it is asked. */
  const method = (text: string): string =>
    on(`rm -f ${HTTP}; printf '%s\n' '#!/bin/sh' ${text} >${HTTP}; chmod 755 ${HTTP}`);
  const left = () => on("ps -eo args | grep -E '^(apt-get|sleep 4711)' || echo none");

  test('a mirror that takes connections and says nothing is given up, and named', () => {
    on(
      `setsid perl -e '${SILENT}' </dev/null >/dev/null 2>&1 & echo $! >/root/silent; ${untilListening(999)}
       echo 'deb http://127.0.0.1:999/debian bookworm main' >/etc/apt/sources.list
       echo 'Acquire::http::Proxy::127.0.0.1 "DIRECT";' >/etc/apt/apt.conf.d/99silent`,
    );
    expect(installing('tree', 30)).toEqual([
      expect.stringMatching(
        /^R\tfailed\tpackages\ttree\t.*Unable to locate package tree; its lists could not be renewed: .*127\.0\.0\.1:999/,
      ),
    ]);
    expect(left()).toBe('none\n');
    on('kill "$(cat /root/silent)"; rm /etc/apt/apt.conf.d/99silent; cp /root/sources.list /etc/apt/sources.list');
  });

  test('an apt-get that hangs is stopped with all that it has started, and says what to look at', () => {
    method("'exec sleep 4711'");
    expect(installing('tree', 2)).toEqual([
      expect.stringMatching(
        /^R\tfailed\tpackages\tlists\tapt-get update was stopped: nothing has come for 2 s, twice.* mirrors in \/etc\/apt/,
      ),
    ]);
    expect(left()).toBe('none\n');
  });

  test('one that hangs once is begun again: the package is installed', () => {
    method(`'mkdir /run/once 2>/dev/null && exec sleep 4711' 'exec /root/methods/http "$@"'`);
    expect(installing('tree', 30)).toEqual(['R\tchanged\tpackages\ttree\tinstalled', 'E']);
    expect(left()).toBe('none\n');
  });

  test('dpkg is left alone, however long it takes over a package', () => {
    on(String.raw`cp -a /root/methods/http ${HTTP}; rm -rf /root/slow; mkdir -p /root/slow/DEBIAN /root/archive
      printf 'Package: slow\nVersion: 1\nArchitecture: all\nMaintainer: us\nDescription: slow\n' >/root/slow/DEBIAN/control
      printf '#!/bin/sh\nsleep 5\n' >/root/slow/DEBIAN/postinst; chmod 755 /root/slow/DEBIAN/postinst
      dpkg-deb --build /root/slow /root/archive/slow.deb
      printf 'Package: slow\nVersion: 1\nArchitecture: all\nFilename: ./slow.deb\nSize: %s\nSHA256: %s\nDescription: slow\n' \
        "$(stat -c %s /root/archive/slow.deb)" "$(sha256sum /root/archive/slow.deb | cut -d ' ' -f 1)" >/root/archive/Packages
      chmod -R a+rX /root; echo 'deb [trusted=yes] file:/root/archive ./' >/etc/apt/sources.list
      apt-get update`);
    expect(installing('slow', 3)).toEqual(['R\tchanged\tpackages\tslow\tinstalled', 'E']);
    expect(on('dpkg --audit')).toBe('');
  });
});
