import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LauncherOptions } from '../../src/adapters/process/launcher.ts';
import { readOutput } from '../../src/adapters/process/output.ts';
import { createReads } from '../../src/adapters/sqlite/reads.ts';
import { createLocks } from '../../src/adapters/system/locks.ts';
import type { RunDocument } from '../../src/api/documents.ts';
import { ownerLock, taskFolder } from '../../src/config/data-paths.ts';
import type { Paths } from '../../src/config/data-paths.ts';
import type { ArmedFailpoint } from '../../src/domain/failpoint.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { operationNeeds } from '../../src/engine/claims.ts';
import type { Reads } from '../../src/ports/reads.ts';
import type { Orders } from './crash-program.ts';
import { command, temporaryPaths } from './engine.ts';
import { until } from './until.ts';
import { killAll, killVictim } from './victims.ts';
import type { Victim } from './victims.ts';

const PROGRAM = join(import.meta.dirname, 'crash-program.ts');

export const KINDS = ['plain', 'idempotent', 'probe'] as const;
export type Kind = (typeof KINDS)[number];

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
    kill: (victim) => killVictim({ root, paths }, victim),
    documents: () => documentsOf(reads),
    async close() {
      for (const host of hosts) host.kill('SIGKILL');
      await killAll(root);
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
