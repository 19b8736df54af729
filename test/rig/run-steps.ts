import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Step } from './steps.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs one step after the other, says what it does, and stops at the first that fails. Returns the exit code. */
export function verify(steps: readonly Step[], binary?: string): number {
  const began = performance.now();
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  let status = 0;
  for (const [index, step] of steps.entries()) {
    console.log(`\n── ${index + 1}/${steps.length} ${step.name}`);
    status = runStep(step, counts, binary);
    if (status === 0) continue;
    console.error(`\n✗ ${step.name} failed (${step.argv.join(' ')})`);
    break;
  }
  if (status === 0) console.log(`\n✓ all ${steps.length} steps in ${seconds(began)}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return status;
}

function runStep({ argv: [command, ...args] }: Step, counts: Counts, binary: string | undefined): number {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'provisioning-verify-'));
  const report = join(folder, 'report.json');
  const counted = command === 'vitest' ? ['--reporter=json', `--outputFile.json=${report}`] : [];
  const PATH = `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  const program = binary === undefined ? {} : { PROVISIONING_TEST_BINARY: resolve(binary) };
  const env = { ...process.env, PATH, ...program };
  const { status } = spawnSync(command, [...args, ...counted], { cwd: ROOT, stdio: 'inherit', env });
  if (command === 'vitest') add(counts, report);
  rmSync(folder, { recursive: true, force: true });
  console.log(`   ${seconds(began)}`);
  return status ?? 1;
}

function add(counts: Counts, report: string): void {
  try {
    const found = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    counts.passed += found['numPassedTests'] ?? 0;
    counts.failed += found['numFailedTests'] ?? 0;
    counts.skipped += (found['numPendingTests'] ?? 0) + (found['numTodoTests'] ?? 0);
  } catch {
    // It ended before it could report; its exit status says so.
  }
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
