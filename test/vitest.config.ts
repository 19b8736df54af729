import { defineConfig } from 'vitest/config';

const unit = ['build', 'domain', 'api', 'config', 'routing', 'workflow', 'scheduler', 'executor', 'presentation'];
const machine = ['adapters', 'engine', 'nulib', 'client', 'dispatch'];

/** One project a kind of test, by folder, so that `verify` can run the quick ones first. */
const project = (name: string, folders: readonly string[], timeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: folders.map((folder) => (folder === '.' ? '*.test.ts' : `${folder}/**/*.test.ts`)),
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

export default defineConfig({
  test: {
    root: import.meta.dirname,
    maxWorkers: 2,
    // What comes at all comes within a second, unless the machine is busy or its disk slow; that is no failure of ours.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      project('architecture', ['.'], 60_000),
      project('unit', unit, 60_000),
      project('machine', machine, 180_000),
      project('contract', ['contract'], 180_000),
      project('cli', ['cli'], 240_000),
      project('daemon', ['daemon'], 240_000),
      project('crash', ['crash'], 240_000),
      // The first hosts on a machine take minutes.
      project('hosts', ['hosts'], 600_000),
      // Against the built file only: see rig/verify.ts.
      project('binary', ['binary'], 240_000),
    ],
  },
});
