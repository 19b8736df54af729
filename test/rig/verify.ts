import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** All that has to be right, in the order in which it is quickest to learn that something is not. */
const ROOT = resolve(import.meta.dirname, '..', '..');

interface Step {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

const vitest = (...projects: readonly string[]): Step['argv'] => [
  'vitest',
  'run',
  '--config',
  'test/vitest.config.ts',
  '--reporter=dot',
  '--passWithNoTests',
  ...projects.flatMap((name) => ['--project', name]),
];

const STEPS: readonly Step[] = [
  { name: 'format', argv: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', argv: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', argv: ['tsc', '--noEmit'] },
  { name: 'architecture', argv: vitest('architecture') },
  { name: 'unit tests', argv: vitest('unit') },
  { name: 'machine tests', argv: vitest('machine') },
  { name: 'contract tests', argv: vitest('contract') },
  { name: 'command line tests', argv: vitest('cli') },
  { name: 'orchestrator tests', argv: vitest('daemon') },
  { name: 'crash tests', argv: vitest('crash') },
];

process.exitCode = verify(STEPS);

function verify(steps: readonly Step[]): number {
  const began = performance.now();
  for (const [index, step] of steps.entries()) {
    console.log(`\n── ${index + 1}/${steps.length} ${step.name}`);
    const status = runStep(step);
    if (status !== 0) {
      console.error(`\n✗ ${step.name} failed (${step.argv.join(' ')})`);
      return status;
    }
  }
  console.log(`\n✓ all ${steps.length} steps in ${seconds(began)}`);
  return 0;
}

function runStep({ argv: [command, ...args] }: Step): number {
  const began = performance.now();
  const PATH = `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PATH } });
  console.log(`   ${seconds(began)}`);
  return status ?? 1;
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
