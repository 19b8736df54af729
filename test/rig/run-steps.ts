import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Step } from './steps.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

interface Ran {
  readonly status: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
}

interface Failure {
  readonly file: string;
  readonly test: string;
}

/** More files than this are no accident. */
const FEW = 2;
/** What they find by chance is found: it need not come again. */
const BY_CHANCE = /(?:random|property)\.test\.ts$/;

/**
 * Runs one step after the other, says what it does, and stops at the first that fails. Returns the exit code. In CI the few
 * test files that failed are run once more by themselves; what passes only then is listed at the end, for somebody to mend.
 */
export function verify(steps: readonly Step[], binary?: string): number {
  const began = performance.now();
  const all: Ran[] = [];
  const unsteady: Failure[] = [];
  let status = 0;
  for (const [index, step] of steps.entries()) {
    console.log(`\n── ${index + 1}/${steps.length} ${step.name}`);
    const first = run(step.argv, binary);
    const second = first.status === 0 ? undefined : runAgain(step, first, binary);
    status = (second ?? first).status;
    if (second?.status === 0) unsteady.push(...first.failures);
    all.push(second?.status === 0 ? { ...first, passed: first.passed + first.failed, failed: 0 } : first);
    if (status === 0) continue;
    console.error(`\n✗ ${step.name} failed (${step.argv.join(' ')})`);
    break;
  }
  if (status === 0) console.log(`\n✓ all ${steps.length} steps in ${seconds(began)}`);
  for (const { file, test } of unsteady) console.error(`⚠ passed only when run again: ${file}: ${test}`);
  console.log(`${sum(all, 'passed')} passed, ${sum(all, 'failed')} failed, ${sum(all, 'skipped')} skipped`);
  return status;
}

function runAgain({ again }: Step, { failures }: Ran, binary: string | undefined): Ran | undefined {
  const files = [...new Set(failures.map(({ file }) => file))];
  const isAccident = files.length > 0 && files.length <= FEW && !files.some((file) => BY_CHANCE.test(file));
  if (process.env['CI'] !== 'true' || again === undefined || !isAccident) return undefined;
  console.error(`\n⚠ run again by themselves: ${files.join(', ')}`);
  return run([...again, ...files], binary);
}

function run([command, ...args]: Step['argv'], binary: string | undefined): Ran {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'provisioning-verify-'));
  const report = join(folder, 'report.json');
  const counted = command === 'vitest' ? ['--reporter=json', `--outputFile.json=${report}`] : [];
  const PATH = `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  const program = binary === undefined ? {} : { PROVISIONING_TEST_BINARY: resolve(binary) };
  const env = { ...process.env, PATH, ...program };
  const { status } = spawnSync(command, [...args, ...counted], { cwd: ROOT, stdio: 'inherit', env });
  const ran = { status: status ?? 1, ...counts(report) };
  rmSync(folder, { recursive: true, force: true });
  console.log(`   ${seconds(began)}`);
  return ran;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function counts(report: string): Omit<Ran, 'status'> {
  try {
    const found = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const failures = found.testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.flatMap(({ status, fullName: test }) => (status === 'failed' ? [{ file, test }] : [])),
    );
    const skipped = found.numPendingTests + found.numTodoTests;
    return { passed: found.numPassedTests, failed: found.numFailedTests, skipped, failures };
  } catch {
    // No tests, or it ended before it could report; its exit status says so.
    return { passed: 0, failed: 0, skipped: 0, failures: [] };
  }
}

const sum = (all: readonly Ran[], what: 'passed' | 'failed' | 'skipped'): number =>
  all.reduce((total, ran) => total + ran[what], 0);

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
