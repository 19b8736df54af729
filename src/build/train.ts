import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { Bundle } from './bundle.ts';
import { indexOf, packing, packText } from './packs.ts';
import type { Packing, Use } from './packs.ts';
import type { Record } from './record.ts';

export interface Trained {
  readonly packed: Packing;
  /** Pack → its text. */
  readonly sources: ReadonlyMap<string, string>;
  /** Pack → what this machine's V8 made of it. */
  readonly compiled: ReadonlyMap<string, Uint8Array>;
}

/** What people type most and wait for; the orchestrator that answers comes along. */
const LINES = [
  'version',
  'help',
  'server list',
  'orchestrator status',
  'workflow submit one.json',
  'workflow run one.json',
  'workflow status @latest',
  'workflow list',
];
const ONE = { workflow: { name: 'one', operations: [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }] } };

/**
 * Learns from the program itself, in a home of its own, what its commands load and which functions they call: first to
 * lay out the packs, then to compile them. `program`: a single file with `record.ts` as its script, reading `folder`.
 */
export function train(program: string, { chunks }: Bundle, folder: string): Trained {
  const home = mkdtempSync(join(tmpdir(), 'provisioning-build-'));
  const run = runner(program, home);
  try {
    mkdirSync(folder);
    const everything = new Map([['everything', [...chunks.keys()]]]);
    layOut(folder, everything, chunks);
    session(run);
    stop(run);
    const packed = packing(chunks.keys(), usesIn(folder));
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    const sources = layOut(folder, packed, chunks);
    session(run);
    stop(run);
    session(run);
    // Had it time to write, it would write less than the commands just did: V8 forgets what a process does not use.
    kill(run);
    return { packed, sources, compiled: new Map([...sources].map(([pack, text]) => [pack, compiledOf(pack, text)])) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }

  function compiledOf(pack: string, text: string): Uint8Array {
    const file = join(folder, `compiled:${pack}`);
    return existsSync(file)
      ? readFileSync(file)
      : new Script(text, { filename: `provisioning:${pack}` }).createCachedData();
  }
}

type Run = (line: string) => string;

function runner(program: string, home: string): Run {
  const cwd = join(home, 'workspace');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'one.json'), JSON.stringify(ONE));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    PROVISIONING_SYSTEM_ROOT: home,
    // One that a failed build leaves behind leaves soon.
    PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: '10',
  };
  return (line) => {
    const { status, stdout, stderr } = spawnSync(program, line.split(' '), { cwd, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`provisioning ${line} ended with ${status}\n${stderr}`);
    return stdout;
  };
}

function session(run: Run): void {
  for (const line of ['orchestrator start', ...LINES, ...LINES]) run(line);
}

/** Returns when its process has ended, or seems to be nobody's to bury: its last act is to write down what it needed. */
function stop(run: Run): void {
  const pid = orchestratorOf(run);
  run('orchestrator stop --now');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; waits < 300 && isAlive(pid); waits++) Atomics.wait(pause, 0, 0, 10);
}

const kill = (run: Run): boolean => process.kill(orchestratorOf(run), 'SIGKILL');

function orchestratorOf(run: Run): number {
  return (JSON.parse(run('orchestrator status --json')) as { readonly pid: number }).pid;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function layOut(folder: string, packed: Packing, code: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const sources = new Map([...packed].map(([pack, names]) => [pack, packText(names, code)]));
  for (const [pack, text] of sources) writeFileSync(join(folder, `pack:${pack}`), text);
  writeFileSync(join(folder, 'index.json'), JSON.stringify(indexOf(packed)));
  return sources;
}

function usesIn(folder: string): readonly Use[] {
  const records = readdirSync(folder).filter((name) => name.startsWith('record-'));
  return records
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record)
    .filter(({ argv }) => LINES.includes(argv.join(' ')))
    .map(({ argv, chunks }) => ({ line: argv.join(' '), chunks: new Set(chunks) }));
}
