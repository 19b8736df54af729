import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(import.meta.dirname, 'hosts', 'hosts.sh');
const MINUTE = 60_000;
/** What a host may take until its sshd answers, on a machine that has much else to do. */
const BOOT_MS = 3 * MINUTE;
/** The first use on a machine installs tools and makes a Debian root. */
const HOSTS_TIMEOUT = 10 * MINUTE;

const TEXT = { encoding: 'utf8', timeout: HOSTS_TIMEOUT, maxBuffer: 64 * 1024 * 1024 } as const;

const refusal = refusedHere();

/**
 * Whether real hosts can be had here; for `describe.skipIf(!hostsHere)`. Where they cannot, one line on stderr says why.
 * In CI that is an error.
 */
export const hostsHere: boolean = refusal === undefined;
if (refusal !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(refusal);
  console.warn(`${refusal}: tests with real hosts are skipped`);
}

export interface Host {
  /** h1, h2 … as its own host name. */
  readonly name: string;
  readonly address: string;
}

/** The address that a host has beside its other one. */
export const address6 = ({ address }: Host): string => {
  const [, , net = '', number = ''] = address.split('.');
  return `fd88:0:0:${net}::${number}`;
};

/** Real Debian hosts with sshd, for root and for admin, who may use sudo. They end with this process at the latest. */
export class Hosts {
  readonly hosts: readonly Host[];
  readonly #run: string;

  private constructor(run: string, hosts: readonly Host[]) {
    this.#run = run;
    this.hosts = hosts;
  }

  /** Takes seconds, but minutes the first time on a machine; sshd may need a moment more. */
  static up(count: number, kind: 'plain' | 'systemd' = 'plain'): Hosts {
    const run = randomBytes(5).toString('hex').slice(0, 5);
    const lines = must('up', run, String(count), kind, String(process.pid)).trim().split('\n');
    const found = lines.map((line) => line.split(' ')).map(([name = '', address = '']) => ({ name, address }));
    return new Hosts(run, found);
  }

  host(number: number): Host {
    const found = this.hosts[number - 1];
    if (found === undefined) throw new Error(`there is no host ${number}`);
    return found;
  }

  /** Private key with which every host lets root and admin in. */
  get key(): string {
    return join(this.#folder, 'key');
  }

  /** The root of a host's file system, seen from outside. */
  rootOf({ name }: Host): string {
    return join(this.#folder, name, 'root');
  }

  kill = ({ name }: Host): string => must('kill', this.#run, name);
  start = ({ name }: Host): string => must('start', this.#run, name);
  reboot = ({ name }: Host): string => must('reboot', this.#run, name);
  partition = ({ name }: Host, on: boolean): string => must('partition', this.#run, name, on ? 'on' : 'off');
  down = (): string => must('down', this.#run);

  /** A command on a host, by a way of its own; waits for a host that starts. Throws where it fails. */
  ssh({ address }: Host, command: string): string {
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const argv = ['-F', 'none', '-i', this.key, ...options.flatMap((one) => ['-o', one]), `root@${address}`];
    for (const deadline = Date.now() + BOOT_MS; ;) {
      const { status, stdout, stderr } = spawnSync('ssh', [...argv, '-o', 'ConnectTimeout=5', command], TEXT);
      if (status === 0) return stdout;
      if (status !== 255 || Date.now() > deadline) throw new Error(`${command}: exit ${status}: ${stdout}${stderr}`);
      spawnSync('sleep', ['0.05']);
    }
  }

  get #folder(): string {
    return join(storeFolder(), 'runs', this.#run);
  }
}

function storeFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return process.env['PROVISIONING_TEST_HOSTS'] ?? join(cache, 'provisioning-test-hosts');
}

function must(...argv: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT, ...argv], TEXT);
  if (status !== 0) throw new Error(`hosts.sh ${argv.join(' ')}: ${stderr}`);
  return stdout;
}

/** Why there are none, if so. */
function refusedHere(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return 'test hosts need Debian or Ubuntu';
  const { status, stderr } = spawnSync('bash', [SCRIPT, 'check'], TEXT);
  return status === 0 ? undefined : stderr.trim();
}
