export interface Step {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

const vitest = (project: string, ...filters: readonly string[]): Step['argv'] => [
  'vitest',
  'run',
  '--config',
  'test/vitest.config.ts',
  '--reporter=dot',
  '--project',
  project,
  ...filters,
];

/** In the order in which it is quickest to learn that something is not right. */
export const STEPS: readonly Step[] = [
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
  { name: 'tests on real hosts', argv: vitest('hosts') },
];

/** Those that drive the whole program, whichever build of it. */
export const programSteps: readonly Step[] = [
  { name: 'command line tests', argv: vitest('cli') },
  // The others drive the engine in their own process.
  { name: 'crash tests', argv: vitest('crash', 'crash/program') },
  { name: 'single file tests', argv: vitest('binary') },
];
