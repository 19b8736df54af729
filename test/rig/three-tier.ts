import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { nickel } from './host-home.ts';
import type { Host, Hosts } from './hosts.ts';

const EXAMPLE = join(import.meta.dirname, '../../templates/workflows/three-tier.ncl');
const ROLES: Readonly<Record<string, string>> = {
  'lb-1': 'balancer',
  'web-1': 'web',
  'web-2': 'web',
  'etcd-1': 'etcd',
  'etcd-2': 'etcd',
  'data-1': 'etcd',
};
export const NAMES = Object.keys(ROLES);

export const hostOf = (hosts: Hosts, name: string): Host => hosts.host(NAMES.indexOf(name) + 1);

/** The shipped example in a workspace, with six test hosts in its list: all that anybody has to edit. */
export function writeExample(home: Home, hosts: Hosts, example = readFileSync(EXAMPLE, 'utf8')): void {
  const list = NAMES.map((name) => ({
    name,
    address: hostOf(hosts, name).address,
    role: ROLES[name],
    user: 'root',
    identity: hosts.key,
  }));
  home.write('three-tier.ncl', example.replace(/(?<=let hosts = )\[.*?\n\](?=\nin)/s, nickel(list)));
}
