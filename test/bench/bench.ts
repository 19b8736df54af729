import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { createNickel } from '../../src/adapters/nickel/evaluate.ts';
import { floors } from './floors.ts';
import { bareSpawns, installed, line, medians, median, ms, ratio, timeOf, us } from './measure.ts';
import type { Command } from './measure.ts';

/**
 * `npm run bench`: every figure is a ratio against something measured in the same run. The program is
 * PROVISIONING_TEST_BINARY, else the built dist/provisioning, else the checkout.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env['PROVISIONING_TEST_BINARY'] ?? join(ROOT, 'dist/provisioning');
const PROGRAM = existsSync(BINARY) ? [BINARY] : [process.execPath, join(ROOT, 'bin/provisioning.js')];
const HOME = mkdtempSync(join(tmpdir(), 'provisioning-bench-'));
const ENV = { PATH: process.env['PATH'], HOME, LANG: 'C.UTF-8', PROVISIONING_SYSTEM_ROOT: HOME };
const CWD = join(HOME, 'workspace');
const ROUNDS = 15;
/** After a rest the orchestrator gives back what its start took. */
const REST_S = 15;

const node: Command = { argv: [process.execPath, '-e', '0'], env: ENV, cwd: HOME };
const command = (...argv: readonly string[]): Command => ({ argv: [...PROGRAM, ...argv], env: ENV, cwd: CWD });

mkdirSync(CWD);
console.log(`program: ${PROGRAM.at(-1)?.replace(`${ROOT}/`, '') ?? ''}; medians of ${ROUNDS}, taking turns\n`);
try {
  startUp();
  warmSubmit();
  floors(HOME);
  queue();
  await chain();
  await nickel();
  validation();
  scale();
} finally {
  timeOf(command('orchestrator', 'stop', '--now'));
  rmSync(HOME, { recursive: true });
}

function startUp(): void {
  timeOf(command('workflow', 'submit', definition('first', 1), '--wait'));
  timeOf(command('workflow', 'submit', hundredServers(), '--wait'));
  const found = medians(
    {
      node,
      version: command('version'),
      help: command('help'),
      'server list, of 100': command('server', 'list'),
      'orchestrator status': command('orchestrator', 'status'),
      'workflow status': command('workflow', 'status', '@latest'),
    },
    ROUNDS,
  );
  const base = found['node'] ?? Number.NaN;
  line('node -e 0', ms(base), 'the base of what follows');
  for (const [name, took] of Object.entries(found))
    if (name !== 'node') line(name, ms(took), `${ratio(took, base)} node -e 0`);
  console.log();
}

function warmSubmit(): void {
  const file = definition('one', 1);
  const found = medians({ node, submit: command('workflow', 'submit', file) }, ROUNDS);
  const [base = Number.NaN, submit = Number.NaN] = [found['node'], found['submit']];
  line('submit to accepted, warm orchestrator', ms(submit), `${ratio(submit, base)} node -e 0`);
  const cold = [];
  for (let round = 0; round < 20; round++) {
    timeOf(command('orchestrator', 'stop', '--now'));
    cold.push(timeOf(command('workflow', 'submit', file)));
  }
  line('submit to accepted, cold: starts the orchestrator', ms(median(cold)), `${ratio(median(cold), base)} node -e 0`);
  const late = cold.toSorted((a, b) => a - b)[Math.floor(cold.length * 0.95)] ?? Number.NaN;
  line('… its 95th percentile, of 20', ms(late), `${ratio(late, base)} node -e 0\n`);
}

function queue(): void {
  queueOf(200);
  queueOf(1000);
}

function queueOf(count: number): void {
  const commands: Record<string, Command> = {
    'provisioning, durable': command('workflow', 'submit', definition(`many${count}`, count), '--wait', '--quiet'),
  };
  if (installed('parallel'))
    commands['GNU parallel, keeps nothing'] = {
      argv: ['sh', '-c', `seq ${count} | parallel -j10 -n0 true`],
      env: { ...ENV, PARALLEL_HOME: HOME, TMPDIR: HOME },
      cwd: HOME,
    };
  else console.log('GNU parallel is not installed: not compared');
  if (count > 200) console.log('(pueue only with 200: it takes 9 s for these)');
  else if (installed('pueue') && installed('pueued'))
    commands['pueue'] = { argv: ['sh', '-c', pueueScript(count)], env: ENV, cwd: HOME };
  else console.log('pueue is not installed: not compared');
  const rates = Object.entries(medians(commands, 3)).map(([name, took]) => [name, count / (took / 1000)] as const);
  const base = rates[0]?.[1] ?? Number.NaN;
  for (const [name, rate] of rates)
    line(
      `${count} × true, ten slots: ${name}`,
      `${rate.toFixed(0)} tasks/s`,
      `provisioning has ${ratio(base, rate)} its rate`,
    );
  console.log();
}

function pueueScript(count: number): string {
  return `
  export XDG_RUNTIME_DIR=${HOME} XDG_DATA_HOME=${HOME}/pueue XDG_CONFIG_HOME=${HOME}/pueue-config
  pueued -d >/dev/null && while ! pueue status >/dev/null 2>&1; do sleep 0.01; done
  pueue parallel 10 >/dev/null; i=0
  while [ $i -lt ${count} ]; do pueue add true >/dev/null; i=$((i+1)); done
  pueue wait -q >/dev/null; pueue clean >/dev/null; pueue shutdown >/dev/null; sleep 0.1`;
}

async function chain(): Promise<void> {
  for (const steps of [50, 200]) await chainOf(steps);
  console.log();
}

async function chainOf(steps: number): Promise<void> {
  const bare = await bareSpawns(steps, ['true']);
  const one = timeOf(command('workflow', 'submit', definition('short', 1), '--wait', '--quiet'));
  const whole = timeOf(command('workflow', 'submit', definition('chain', steps, true), '--wait', '--quiet'));
  const step = (whole - one) / (steps - 1);
  line(
    `a step of a chain of ${steps}`,
    ms(step),
    `${ratio(step, bare / steps)} a bare spawn (${ms(bare / steps)}), ${ms(step - bare / steps)} beyond it`,
  );
}

async function nickel(): Promise<void> {
  const file = join(ROOT, 'templates/workflows/multi-cloud-deployment.ncl');
  const ours = median(Array.from({ length: 5 }, () => timeOf(command('workflow', 'validate', file))));
  const again = await secondEvaluation(file);
  if (!installed('nickel')) {
    line('validate the .ncl reference workflow, cold', ms(ours), 'nickel is not installed: not compared');
    line('a second evaluation in one process', ms(again), 'nickel is not installed: not compared\n');
    return;
  }
  const argv = ['nickel', 'export', '-I', join(ROOT, 'templates/nickel'), file];
  const native = median(Array.from({ length: 5 }, () => timeOf({ argv, env: ENV, cwd: CWD })));
  line('validate the .ncl reference workflow, cold', ms(ours), `${ratio(ours, native)} nickel export (${ms(native)})`);
  line('a second evaluation in one process', ms(again), `${ratio(again, native)} nickel export\n`);
}

/** Median of five after the first. In the process of this script, with its own V8 flags. */
async function secondEvaluation(file: string): Promise<number> {
  const module = brotliDecompressSync(readFileSync(join(ROOT, 'src/adapters/nickel/nickel.wasm.br')));
  const evaluator = createNickel({ module: () => module, importPaths: [join(ROOT, 'templates/nickel')] });
  const times: number[] = [];
  for (let round = 0; round <= 5; round++) {
    const began = performance.now();
    const { ok } = await evaluator.evaluate(file);
    if (!ok) throw new Error(`${file} is not valid`);
    if (round > 0) times.push(performance.now() - began);
  }
  return median(times);
}

function validation(): void {
  const took = [2000, 20_000].map((count) => {
    const file = definition(`big${count}`, count);
    return [count, median([1, 2, 3].map(() => timeOf(command('workflow', 'validate', file))))] as const;
  });
  const base = took[0]?.[1] ?? Number.NaN;
  for (const [count, time] of took)
    line(`validate a .json of ${count} operations`, ms(time), `${ratio(time, base)} that of 2000`);
}

/** What size costs: a graph of 100,000 tasks, the orchestrator's memory, and the way back after kill -9. */
function scale(): void {
  console.log();
  const memory = (): number => status().rss_bytes / 1e6;
  timeOf(command('orchestrator', 'stop', '--now'));
  timeOf(command('orchestrator', 'start'));
  line('memory of an orchestrator just started', `${memory().toFixed(0)} MB`, `RSS: ${partsOf(status().pid)}`);
  execFileSync('sleep', [String(REST_S)]);
  line(`… of one that has been idle for ${REST_S} s`, `${memory().toFixed(0)} MB`, `RSS: ${partsOf(status().pid)}`);
  perTask();
  timeOf(command('workflow', 'submit', definition('many100', 100_000), '--quiet'));
  line('memory with 100,000 tasks queued', `${memory().toFixed(0)} MB`, 'RSS');
  timeOf(command('workflow', 'cancel', '@latest'));
  timeOf(command('orchestrator', 'stop', '--now'));
  line('first new start after kill -9 of 10,000 queued', ms(recovery()), 'until a waiting task runs');
}

/**
 * How much is its own. The rest is pages of files, most of them of the executable, that all processes share; kernels that
 * keep a file in pieces of 2 MB map, and count, a whole piece for each page that is used.
 */
function partsOf(pid: number): string {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const [anonymous, inPieces] = ['Anonymous', 'FilePmdMapped'].map((name) => {
    const kilobytes = Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]);
    return ((kilobytes * 1024) / 1e6).toFixed(0);
  });
  return `${anonymous} MB its own; ${inPieces} MB of its files in pieces of 2 MB`;
}

/** Validation without what any command costs: of each size, less that of one operation. */
function perTask(): void {
  const files = [1, 1000, 100_000].map((count) => [`${count}`, definition(`graph${count}`, count, true)] as const);
  const commands = files.map(([count, file]) => [count, command('workflow', 'validate', file)] as const);
  const took = medians(Object.fromEntries(commands), 5);
  const each = (count: number): number => ((took[`${count}`] ?? Number.NaN) - (took['1'] ?? Number.NaN)) / (count - 1);
  const [few, many] = [each(1000), each(100_000)];
  line('validate a chain of 100,000', ms(took['100000'] ?? Number.NaN), `${us(many)} a task`);
  line('… a task of 100,000', us(many), `${ratio(many, few)} a task of 1,000 (${us(few)})`);
}

function status(): { pid: number; rss_bytes: number } {
  const [file = '', ...rest] = PROGRAM;
  const options = { env: ENV, cwd: CWD, encoding: 'utf8' } as const;
  const text = execFileSync(file, [...rest, 'orchestrator', 'status', '--json'], options);
  return JSON.parse(text) as { pid: number; rss_bytes: number };
}

function recovery(): number {
  const flag = join(HOME, 'flag');
  const argv = ['sh', '-c', `test -e ${flag} && touch ${flag}.seen; sleep 0.5`];
  timeOf(command('workflow', 'submit', definition('recover', 10_000, false, argv), '--quiet'));
  process.kill(status().pid, 'SIGKILL');
  writeFileSync(flag, '');
  const began = performance.now();
  timeOf(command('orchestrator', 'start'));
  while (!existsSync(`${flag}.seen`)) execFileSync('sleep', ['0.01']);
  const took = performance.now() - began;
  timeOf(command('workflow', 'cancel', '@latest'));
  return took;
}

function hundredServers(): string {
  const operations = Array.from({ length: 100 }, (_, index) => ({ id: `s-${index}`, type: 'server.create' }));
  const file = join(CWD, 'servers.json');
  writeFileSync(file, JSON.stringify({ workflow: { name: 'servers', operations } }));
  return file;
}

function definition(name: string, count: number, chained = false, argv: readonly string[] = ['true']): string {
  const operations = Array.from({ length: count }, (_, index) => ({
    id: `t${index}`,
    type: 'command.run',
    params: { argv },
    ...(chained && index > 0 ? { dependencies: [`t${index - 1}`] } : {}),
  }));
  const file = join(CWD, `${name}.json`);
  writeFileSync(file, JSON.stringify({ workflow: { name, operations } }));
  return file;
}
