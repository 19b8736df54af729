import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';
import { serverOf } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import type { Home } from '../rig/home.ts';

const NAMES = ['one', 'two'];

describe.skipIf(!hostsHere)('a taskserv that hosts have with other parameters', () => {
  let hosts: Hosts;
  beforeAll(() => {
    hosts = Hosts.up(NAMES.length);
  });
  afterAll(() => hosts.down());

  /** Writes what it is told into a file. */
  const write = (home: Home): void => {
    const servers = NAMES.map((name, index) => serverOf(hosts, hosts.host(index + 1), name));
    home.write(
      'infra/lab.json',
      JSON.stringify({ servers, taskservs: [{ name: 'note', servers: ['one'], params: { text: 'one' } }] }),
    );
    const operations = NAMES.map((server) => ({
      id: `note-${server}`,
      type: 'taskserv.create',
      params: { name: 'note', servers: [server], text: server },
    }));
    home.write('notes.json', JSON.stringify({ name: 'notes', infra: 'lab', operations }));
    home.write(
      'taskservs/note/manifest.toml',
      'name = "note"\nsystems = ["debian-12"]\n[params.text]\ntype = "string"\npattern = "^[a-z]+$"\n',
    );
    home.write(
      'taskservs/note/taskserv.nu',
      'use lib/resources.nu file\nexport def configure [context: record, host: record] { [(file /etc/note $context.params.text)] }\n',
    );
  };

  test('is compared under its own name, host by host', async ({ home, provisioning }) => {
    write(home);
    expect((await provisioning('server create --infra lab --direct')).code).toBe(0);
    expect((await provisioning('workflow run notes.json')).code).toBe(0);
    const record = (await provisioning('taskserv show note --infra lab --json')).json();
    expect(record).toMatchObject([{ definition: { servers: NAMES } }]);

    const same = await provisioning('taskserv show note --infra lab --drift');
    expect([same.code, same.stdout]).toEqual([0, 'note: nothing differs\n']);
    expect(same.stderr).toContain('note-on-two completed');

    hosts.ssh(hosts.host(2), 'echo mine >/etc/note');
    const drift = await provisioning('taskserv show note --infra lab --drift');
    expect(drift.code).toBe(7);
    expect(drift.stdout).toMatch(/^note: 1 difference\n {2}two\n {4}~ file \/etc\/note: content\n/);
    expect((await provisioning('taskserv show note --infra lab --drift --quiet')).stdout).toBe('note\n');

    // Mended: but what is on record is what was there before.
    const again = (await provisioning('workflow run notes.json --json')).json<RunDocument>();
    expect(again.tasks.map(({ result }) => result?.['changed'])).toEqual([false, true]);
    expect((await provisioning('taskserv show note --infra lab --json')).json()).toEqual(record);
  });

  test('who only looks is told of no retry, and who asked by a command of that one, where the definition is to blame', async ({
    home,
    provisioning,
  }) => {
    write(home);
    const create = 'taskserv create note --infra lab';
    expect((await provisioning('server create --infra lab --direct')).code).toBe(0);
    expect((await provisioning(`${create} --direct`)).code).toBe(0);
    hosts.ssh(hosts.host(1), 'mv /etc/os-release /root; echo ID=odd >/etc/os-release');
    const look = await provisioning('taskserv show note --infra lab --drift');
    expect([look.code, look.stdout]).toEqual([2, expect.stringContaining('system odd-: not supported')]);
    expect(look.stdout).not.toContain('retry');
    const refused = await provisioning(`${create} --direct`);
    expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining(`is mended: provisioning ${create}\n`)]);
    hosts.ssh(hosts.host(1), 'mv /root/os-release /etc; rm /etc/note; mkdir /etc/note');
    const failed = await provisioning(`${create} --direct`);
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining(`read again: provisioning ${create}\n`)]);
    hosts.ssh(hosts.host(1), 'rmdir /etc/note');
  });
});
