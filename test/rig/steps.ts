export interface Step {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** With test files behind it: the same for these alone, where they may be run again. */
  readonly again?: readonly [string, ...string[]];
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

/** Tests that wait for real processes: a machine that is busy with something else can be too slow for one. */
const real = (name: string, project: string, ...filters: readonly string[]): Step => ({
  name,
  argv: [...vitest(project), ...filters],
  again: vitest(project),
});

/** In the order in which it is quickest to learn that something is not right. */
export const STEPS: readonly Step[] = [
  { name: 'format', argv: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', argv: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', argv: ['tsc', '--noEmit'] },
  { name: 'architecture', argv: vitest('architecture') },
  { name: 'unit tests', argv: vitest('unit') },
  real('machine tests', 'machine'),
  real('contract tests', 'contract'),
  real('command line tests', 'cli'),
  real('orchestrator tests', 'daemon'),
  real('crash tests', 'crash'),
  real('tests on real hosts', 'hosts'),
];

/** Those that drive the whole program, whichever build of it. */
export const programSteps: readonly Step[] = [
  real('command line tests', 'cli'),
  // The others drive the engine in their own process.
  real('crash tests', 'crash', 'crash/program'),
  real('single file tests', 'binary'),
];
