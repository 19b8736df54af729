import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import type { Host } from '../rig/hosts.ts';
import { line, median, ms, ratio } from './measure.ts';

/**
 * `node test/bench/hosts.ts`: one trivial step on 1, 6 and 24 real hosts, over connections that are open already, as
 * `command.run` and as an operation in Nushell, against plain `ssh` with a master connection and against ansible-core:
 * `raw` (a shell on the host, its fastest) and `command` (an ordinary module: Python on the hosts), in one run.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env['PROVISIONING_TEST_BINARY'] ?? join(ROOT, 'dist/provisioning');
const PROGRAM = existsSync(BINARY) ? [BINARY] : [process.execPath, join(ROOT, 'bin/provisioning.js')];
const COUNTS = [1, 6, 24];
const STEPS = 15;
/** Ordinary modules of Ansible need it on every host. An apt-get that hangs, which it sometimes does, begins again. */
const PYTHON =
  '{ timeout 60 apt-get update -qq || apt-get update -qq; } && apt-get install -y -qq --no-install-recommends python3 >/dev/null 2>&1';
const AT_ONCE = 4;
const OPTIONS =
  '-F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'.split(' ');

if (!hostsHere) process.exit(0);
const folder = mkdtempSync(join(tmpdir(), 'prv-bench-'));
const env = { ...process.env, HOME: folder, PROVISIONING_SYSTEM_ROOT: folder };
const hosts = Hosts.up(Math.max(...COUNTS));
try {
  for (const host of hosts.hosts) hosts.ssh(host, 'true');
  const ansible = prepareAnsible();
  if (ansible !== undefined) await installPython();
  for (const count of COUNTS) await compare(count, ansible);
} finally {
  hosts.down();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(count: number, ansible: string | undefined): Promise<void> {
  const chosen = hosts.hosts.slice(0, count);
  const plain = await plainStep(chosen);
  const servers = chosen.map(({ name }) => name);
  const command = ourStep(chosen, 'command', { type: 'command.run', params: { servers, argv: ['true'] } });
  const nushell = ourStep(chosen, 'nushell', { type: 'host.step', params: { servers } });
  const here = ourStep(chosen, 'here', { type: 'command.run', params: { argv: ['true'] } });
  const what = `one step on ${count} host${count === 1 ? '' : 's'}`;
  line(`${what}: plain ssh`, ms(plain), 'all at once, master connections open');
  line(`${what}: command.run`, ms(command), `${ratio(command, plain)} plain ssh (target 1.5 ×)`);
  line('   the same step on this machine', ms(here), 'what a durable step costs without a host');
  line(`${what}: in Nushell`, ms(nushell), `${ratio(nushell, plain)} plain ssh`);
  if (ansible === undefined) return;
  for (const module of ['raw', 'command'] as const) {
    const theirs = ansibleStep(ansible, chosen, module);
    line(
      `${what}: ansible-core, ${module}`,
      ms(theirs),
      `${ratio(theirs, command)} command.run (${module === 'raw' ? 'bare ssh: no target' : 'target 10 × or more'})`,
    );
  }
}

async function installPython(): Promise<void> {
  const waiting = [...hosts.hosts];
  const install = async (): Promise<void> => {
    for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) {
      const code = await ended('ssh', [...OPTIONS, '-i', hosts.key, `root@${host.address}`, PYTHON]);
      if (code !== 0) throw new Error(`no Python on ${host.name}: exit ${code}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, install));
}

/** Median of steps, each one session to every host at the same time. */
async function plainStep(chosen: readonly Host[]): Promise<number> {
  const socketOf = ({ name }: Host): string => join(folder, `m-${name}`);
  for (const host of chosen)
    execFileSync('ssh', [...OPTIONS, '-i', hosts.key, '-fNM', '-S', socketOf(host), `root@${host.address}`], {
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

/** Resolves with the exit code. */
function ended(file: string, argv: readonly string[]): Promise<number> {
  return new Promise((done, fail) => {
    spawn(file, argv, { stdio: 'ignore' }).once('error', fail).once('exit', done);
  });
}

/** From the start of a task to that of the next one: what a step costs in a workflow, when the connections are open. */
function ourStep(chosen: readonly Host[], name: string, step: { type: string; params: object }): number {
  const workspace = join(folder, `w-${chosen.length}-${name}`);
  mkdirSync(join(workspace, 'nulib/hosts'), { recursive: true });
  writeFileSync(
    join(workspace, 'nulib/hosts/step.nu'),
    `use providers/provider.nu host-exec
export def step-host [request: record] {
  let servers = $request.params.servers
  $servers | par-each --threads ($servers | length) {|server| host-exec $request $server ["true"] } | ignore
}
`,
  );
  const create = chosen.map(({ name: id, address }) => ({
    id,
    type: 'server.create',
    provider: 'ssh',
    params: { address, user: 'root', identity: hosts.key },
  }));
  const steps = Array.from({ length: STEPS + 1 }, (_, index) => ({
    ...step,
    id: `step-${index}`,
    dependencies: index === 0 ? chosen.map((host) => host.name) : [`step-${index - 1}`],
  }));
  writeFileSync(join(workspace, 'steps.json'), JSON.stringify({ name: 'steps', operations: [...create, ...steps] }));
  const argv = [...PROGRAM.slice(1), 'workflow', 'run', 'steps.json', '--json', '--workspace', workspace];
  const output = execFileSync(PROGRAM[0] ?? '', argv, {
    cwd: workspace,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const run = JSON.parse(output) as { tasks: { id: string; started_at: string }[] };
  const starts = run.tasks
    .filter(({ id }) => id.startsWith('step-'))
    .toSorted((a, b) => Number(a.id.slice(5)) - Number(b.id.slice(5)))
    .map(({ started_at }) => Date.parse(started_at));
  // The first one opens connections; the median of milliseconds is too coarse, so all that follow are taken together.
  return ((starts.at(-1) ?? Number.NaN) - (starts[1] ?? Number.NaN)) / (starts.length - 2);
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

/** Pipelining, a master connection, a fork for each host: what a further task costs. */
function ansibleStep(ansible: string, chosen: readonly Host[], module: 'raw' | 'command'): number {
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
    const playbook = join(folder, `${module}-${tasks}.yml`);
    const text = Array.from({ length: tasks }, () => `    - ${module}: "true"\n`).join('');
    writeFileSync(playbook, `- hosts: all\n  gather_facts: false\n  tasks:\n${text}`);
    const began = performance.now();
    execFileSync(ansible, ['-i', inventory, playbook], { env: { ...env, ...settings }, stdio: 'ignore' });
    return performance.now() - began;
  };
  timeOf(1);
  return (timeOf(11) - timeOf(1)) / 10;
}
