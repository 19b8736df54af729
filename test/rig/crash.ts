import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { LauncherOptions } from '../../src/adapters/process/launcher.ts';
import { livingOf } from '../../src/adapters/process/kill.ts';
import { claimOf } from '../../src/adapters/process/trace.ts';
import { shimLives } from '../../src/adapters/process/tree.ts';
import { readOutput } from '../../src/adapters/process/output.ts';
import { createReads } from '../../src/adapters/sqlite/reads.ts';
import { createLocks } from '../../src/adapters/system/locks.ts';
import type { RunDocument } from '../../src/api/documents.ts';
import { ownerLock, taskFolder } from '../../src/config/data-paths.ts';
import type { Paths } from '../../src/config/data-paths.ts';
import { isOfBoot } from '../../src/domain/fence.ts';
import type { ArmedFailpoint } from '../../src/domain/failpoint.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { operationNeeds } from '../../src/engine/claims.ts';
import type { Reads } from '../../src/ports/reads.ts';
import type { Orders } from './crash-program.ts';
import { command, temporaryPaths } from './engine.ts';
import { isDead, launchersOf } from './launchers.ts';
import { kill, processesOf } from './leaks.ts';

const PROGRAM = join(import.meta.dirname, 'crash-program.ts');

/** Who dies, besides the engine. `launcher`: who started the shims, where that was not the engine. `power cut`: what was not synced is gone too, and the machine has another boot id. */
export const VICTIMS = ['none', 'launcher', 'shim', 'task', 'both', 'reboot', 'power cut'] as const;
export type Victim = (typeof VICTIMS)[number];

export const KINDS = ['plain', 'idempotent', 'probe'] as const;
export type Kind = (typeof KINDS)[number];

/** The boot that a simulated machine was in before it was restarted. */
export const EARLIER_BOOT = '00000000-before';

export interface Scene {
  readonly root: string;
  readonly paths: Paths;
  /** For an engine that starts every shim by launchers. */
  readonly launchers: LauncherOptions;
  /** Reads what everybody can read, in this process, which owns nothing. */
  readonly reads: Reads;
  /** An operation whose effect is a line in a file; with `holds` it then waits until `release`. */
  readonly operation: (
    id: string,
    kind: Kind,
    more?: { holds?: boolean; dependencies?: readonly string[] },
  ) => Operation;
  /** How often the effect of the operation of this id happened. */
  readonly effects: (id: string) => number;
  /** Resolves when it happened for the first time. */
  readonly happened: (id: string) => Promise<void>;
  readonly effectFile: (id: string) => string;
  /** Whoever waits, or comes later, goes on. */
  readonly release: () => void;
  /** Starts an engine in a process of its own. */
  readonly host: (orders: Omit<Orders, 'dataDir'>, armed?: ArmedFailpoint) => ChildProcess;
  /** Waits until the process has gone by `kill -9`, its own or ours. */
  readonly died: (host: ChildProcess) => Promise<void>;
  readonly kill: (victim: Victim) => Promise<void>;
  readonly documents: () => Promise<readonly RunDocument[]>;
  /** Nothing is left of it, neither processes nor files. */
  readonly close: () => Promise<void>;
}

export function makeScene(): Scene {
  const { root, paths, remove } = temporaryPaths();
  const [gate, go] = [`${root}/gate`, `${root}/go`];
  execFileSync('mkfifo', [gate]);
  const reads = readsOf(paths);
  const effectFile = (id: string): string => `${root}/effect.${id}`;
  const effects = (id: string): number =>
    existsSync(effectFile(id)) ? readFileSync(effectFile(id), 'utf8').split('\n').length - 1 : 0;
  const shell = `${root}/sh`;
  symlinkSync('/bin/sh', shell);
  const hosts: ChildProcess[] = [];
  let open: number | undefined;
  return {
    root,
    paths,
    reads,
    launchers: { shell, always: true },
    effectFile,
    effects,
    operation: (id, kind, { holds = false, dependencies = [] } = {}) =>
      command(id, ['sh', '-c', `echo x >>${effectFile(id)}${holds ? `; [ -e ${go} ] || read x <${gate}; true` : ''}`], {
        dependencies,
        ...natureOf(kind, effectFile(id)),
      }),
    happened: (id) => until(() => effects(id) > 0, `${id} happens`),
    release() {
      if (open !== undefined) return;
      writeFileSync(go, '');
      open = openSync(gate, constants.O_RDWR | constants.O_NONBLOCK);
      writeSync(open, '\n'.repeat(64));
    },
    host(orders, armed) {
      const child = startHost({ ...orders, dataDir: paths.dataDir }, armed);
      hosts.push(child);
      return child;
    },
    async died(host) {
      await ended(host);
      expect([host.exitCode, host.signalCode]).toEqual([null, 'SIGKILL']);
    },
    kill: (victim) => (victim === 'launcher' ? killLaunchers(root) : killVictims(paths, victim)),
    documents: () => documentsOf(reads),
    async close() {
      for (const host of hosts) host.kill('SIGKILL');
      for (const { pid } of processesOf({ root })) kill(pid);
      await until(() => processesOf({ root }).length === 0, 'they are gone');
      if (open !== undefined) closeSync(open);
      remove();
    },
  };
}

/** Resolves when it has, and says whether that was by `kill -9`. */
export async function ended(host: ChildProcess): Promise<boolean> {
  if (host.exitCode === null && host.signalCode === null) await once(host, 'exit');
  return host.signalCode === 'SIGKILL';
}

function natureOf(kind: Kind, effect: string): Partial<Operation> {
  if (kind === 'plain') return {};
  if (kind === 'probe') return { probe: { argv: ['sh', '-c', `[ -s ${effect} ] || exit 3`] } };
  return { idempotent: true, retry: { attempts: 2, backoff: 'fixed', initial_delay: 0, max_delay: 0 } };
}

function readsOf(paths: Paths): Reads {
  const locks = createLocks();
  return createReads({
    file: paths.store,
    isAlive: (owner) => locks.isHeld(ownerLock(paths, owner)),
    readOutput: (taskId, attempt, offset) => readOutput(taskFolder(paths, taskId), attempt, offset),
    waits: { slots: 10, needsOf: operationNeeds },
  });
}

function startHost(orders: Orders, armed: ArmedFailpoint | undefined): ChildProcess {
  const env = {
    PATH: process.env['PATH'],
    ...(armed === undefined ? {} : { PROVISIONING_FAILPOINT: `${armed.name}:${armed.passage}` }),
  };
  return spawn(process.execPath, [PROGRAM, JSON.stringify(orders)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function documentsOf(reads: Reads): Promise<readonly RunDocument[]> {
  const runs = await reads.runs();
  if (!runs.ok) throw new Error(runs.error.message);
  const documents = await Promise.all(runs.value.map((run) => reads.run(run.workflow_id)));
  return documents.map((document) => {
    if (!document.ok) throw new Error(document.error.message);
    return document.value;
  });
}

/** While no engine lives, nobody may read that somebody attends to what has not ended. */
export function expectUnattended(documents: readonly RunDocument[]): void {
  const open = documents.filter((run) => !isOutcome(run.status));
  expect(open.map((run) => run.attended)).toEqual(open.map(() => false));
}

interface AttemptFolder {
  readonly folder: string;
  readonly marker: string;
}

export function attemptsOf({ tasks }: Paths): AttemptFolder[] {
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks).flatMap((task) =>
    readdirSync(`${tasks}/${task}`).map((name) => ({
      folder: `${tasks}/${task}/${name}`,
      marker: name.slice(name.indexOf('-') + 1),
    })),
  );
}

async function killLaunchers(root: string): Promise<void> {
  const found = launchersOf(root);
  for (const pid of found) kill(pid);
  await until(() => found.every(isDead), 'they are dead');
}

/** The shim before its task, so that it does not see how that ends. */
async function killVictims(paths: Paths, victim: Victim): Promise<void> {
  if (victim === 'none') return;
  const attempts = attemptsOf(paths);
  const killed: number[] = [];
  for (const { folder, marker } of attempts) {
    const claim = claimOf(folder);
    const shim = claim !== undefined && shimLives(claim) ? [claim.pid] : [];
    const tasks = livingOf({ folder, marker }).filter((pid) => !shim.includes(pid));
    const doomed = [...(victim === 'task' ? [] : shim), ...(victim === 'shim' ? [] : tasks)];
    for (const pid of doomed) kill(pid);
    killed.push(...doomed);
  }
  await until(() => killed.every(isDead), 'they are dead');
  for (const { folder, marker } of attempts)
    if (victim === 'power cut' && isOfBoot(marker, EARLIER_BOOT) === true) rmSync(folder, { recursive: true });
    else if (victim === 'reboot' || victim === 'power cut') restart(folder);
}

/** Its claim is one of another boot. */
function restart(folder: string): void {
  const claim = claimOf(folder);
  if (claim === undefined) return;
  const text = readFileSync(`${folder}/claim`, 'utf8');
  writeFileSync(`${folder}/claim`, text.replace(claim.bootId, EARLIER_BOOT));
}

/** How long something may take on a machine that has much else to do. */
const PATIENCE_MS = 20_000;
const LOOK_AGAIN_MS = 2;

/** As `expect.poll`, which tests that run at the same time cannot use here. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !condition(); await pause(LOOK_AGAIN_MS))
    if (Date.now() > deadline) throw new Error(`${PATIENCE_MS} ms were not enough until ${what}`);
}
