import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import type { Host } from '../rig/hosts.ts';
import { line, median, ms, ratio } from './measure.ts';

/**
 * `node test/bench/hosts.ts`: one trivial step on 1, 6 and 24 real hosts, over connections that are open already,
 * against plain `ssh` with a master connection and against ansible-core in its fastest set-up (`raw`: no Python on the
 * hosts, which its modules cost besides), in one run.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env['PROVISIONING_TEST_BINARY'] ?? join(ROOT, 'dist/provisioning');
const PROGRAM = existsSync(BINARY) ? [BINARY] : [process.execPath, join(ROOT, 'bin/provisioning.js')];
const COUNTS = [1, 6, 24];
const STEPS = 15;

if (!hostsHere) process.exit(0);
const folder = mkdtempSync(join(tmpdir(), 'prv-bench-'));
const env = { ...process.env, HOME: folder, PROVISIONING_SYSTEM_ROOT: folder };
const hosts = Hosts.up(Math.max(...COUNTS));
try {
  for (const host of hosts.hosts) hosts.ssh(host, 'true');
  const ansible = prepareAnsible();
  for (const count of COUNTS) await compare(count, ansible);
} finally {
  hosts.down();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(count: number, ansible: string | undefined): Promise<void> {
  const chosen = hosts.hosts.slice(0, count);
  const plain = await plainStep(chosen);
  const { step, inside } = ourStep(chosen);
  const what = `one step on ${count} host${count === 1 ? '' : 's'}`;
  line(`${what}: plain ssh`, ms(plain), 'all at once, master connections open');
  line(`${what}: provisioning`, ms(step), `${ratio(step, plain)} plain ssh (target 1.5 ×)`);
  line(
    '   of that, the hosts themselves',
    ms(inside),
    `${ratio(inside, plain)} plain ssh; the rest is a process of Nushell`,
  );
  if (ansible === undefined) return;
  const theirs = ansibleStep(ansible, chosen);
  line(`${what}: ansible-core`, ms(theirs), `${ratio(theirs, step)} provisioning (target 10 × or more)`);
}

/** Median of steps, each one session to every host at the same time. */
async function plainStep(chosen: readonly Host[]): Promise<number> {
  const options = ['-F', 'none', '-i', hosts.key, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no'];
  const more = ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  const socketOf = ({ name }: Host): string => join(folder, `m-${name}`);
  for (const host of chosen)
    execFileSync('ssh', [...options, ...more, '-fNM', '-S', socketOf(host), `root@${host.address}`], {
      stdio: 'ignore',
    });
  const samples: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const began = performance.now();
    await Promise.all(chosen.map((host) => ended('ssh', ['-F', 'none', '-S', socketOf(host), 'host', 'true'])));
    samples.push(performance.now() - began);
  }
  for (const host of chosen) spawnSync('ssh', ['-S', socketOf(host), '-O', 'exit', 'host']);
  return median(samples);
}

function ended(file: string, argv: readonly string[]): Promise<unknown> {
  return new Promise((done, fail) => {
    spawn(file, argv, { stdio: 'ignore' }).once('error', fail).once('exit', done);
  });
}

interface Ours {
  /** From the start of a task to that of the next one: what a step costs in a workflow. */
  readonly step: number;
  /** Of that, what the task spent with the hosts. */
  readonly inside: number;
}

function ourStep(chosen: readonly Host[]): Ours {
  const workspace = join(folder, `w-${chosen.length}`);
  mkdirSync(join(workspace, 'nulib/hosts'), { recursive: true });
  writeFileSync(
    join(workspace, 'nulib/hosts/step.nu'),
    `use providers/provider.nu host-exec
export def step-host [request: record] {
  let began = date now
  $request.params.servers | par-each --threads ($request.params.servers | length) {|server| host-exec $request $server ["true"] } | ignore
  { milliseconds: (((date now) - $began) / 1ms) }
}
`,
  );
  const servers = chosen.map(({ name }) => name);
  const create = chosen.map(({ name, address }) => ({
    id: name,
    type: 'server.create',
    provider: 'ssh',
    params: { address, user: 'root', identity: hosts.key },
  }));
  const steps = Array.from({ length: STEPS + 1 }, (_, index) => ({
    id: `step-${index}`,
    type: 'host.step',
    params: { servers },
    dependencies: index === 0 ? servers : [`step-${index - 1}`],
  }));
  writeFileSync(join(workspace, 'steps.json'), JSON.stringify({ name: 'steps', operations: [...create, ...steps] }));
  const argv = [...PROGRAM.slice(1), 'workflow', 'run', 'steps.json', '--json', '--workspace', workspace];
  const output = execFileSync(PROGRAM[0] ?? '', argv, {
    cwd: workspace,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const run = JSON.parse(output) as { tasks: { id: string; started_at: string; result: { milliseconds: number } }[] };
  const done = run.tasks
    .filter(({ id }) => id.startsWith('step-'))
    .toSorted((a, b) => Number(a.id.slice(5)) - Number(b.id.slice(5)));
  const starts = done.map(({ started_at }) => Date.parse(started_at));
  return {
    step: median(starts.slice(2).map((start, index) => start - (starts[index + 1] ?? Number.NaN))),
    inside: median(done.slice(1).map(({ result }) => result.milliseconds)),
  };
}

/** ansible-playbook in an environment of its own; `undefined`, and said so, where it is not to be had. */
function prepareAnsible(): string | undefined {
  const venv = join(folder, 'venv');
  const made =
    spawnSync('python3', ['-m', 'venv', venv], { stdio: 'ignore' }).status === 0 &&
    spawnSync(join(venv, 'bin/pip'), ['install', '-q', 'ansible-core'], { stdio: 'ignore', timeout: 300_000 })
      .status === 0;
  if (made) return join(venv, 'bin/ansible-playbook');
  console.warn('ansible-core is not to be had here (python3 with venv, PyPI): NOT COMPARED');
  return undefined;
}

/** Pipelining, a master connection, a fork for each host, `raw` (no Python there): what a further task costs. */
function ansibleStep(ansible: string, chosen: readonly Host[]): number {
  const inventory = join(folder, 'inventory');
  const ssh = `-F none -o ControlMaster=auto -o ControlPersist=60 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
  const entries = chosen.map(({ name, address }) => `${name} ansible_host=${address}`);
  const shared = ['ansible_user=root', `ansible_ssh_private_key_file=${hosts.key}`];
  writeFileSync(inventory, `${entries.join('\n')}\n[all:vars]\n${shared.join('\n')}\n`);
  const settings = {
    ANSIBLE_FORKS: '32',
    ANSIBLE_PIPELINING: 'True',
    ANSIBLE_HOST_KEY_CHECKING: 'False',
    ANSIBLE_SSH_ARGS: ssh,
    ANSIBLE_LOCALHOST_WARNING: 'False',
  };
  const timeOf = (tasks: number): number => {
    const playbook = join(folder, `${tasks}.yml`);
    const text = Array.from({ length: tasks }, () => '    - raw: "true"\n').join('');
    writeFileSync(playbook, `- hosts: all\n  gather_facts: false\n  tasks:\n${text}`);
    const began = performance.now();
    execFileSync(ansible, ['-i', inventory, playbook], { env: { ...env, ...settings }, stdio: 'ignore' });
    return performance.now() - began;
  };
  timeOf(1);
  return (timeOf(11) - timeOf(1)) / 10;
}
