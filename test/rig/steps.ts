export interface Step {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

const vitest = (project: string): Step['argv'] => [
  'vitest',
  'run',
  '--config',
  'test/vitest.config.ts',
  '--reporter=dot',
  '--project',
  project,
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
  { name: 'crash tests', argv: vitest('crash') },
  { name: 'single file tests', argv: vitest('binary') },
];
