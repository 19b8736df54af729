import { test as base } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { control } from './control.ts';
import type { Control } from './control.ts';
import { makeHome } from './home.ts';
import type { Home } from './home.ts';
import { closeHome } from './leaks.ts';
import { run, start } from './program.ts';
import type { Ran, RunOptions, Started } from './program.ts';

export interface CliFixtures {
  readonly home: Home;
  /** Runs the real program in the home, to its end. */
  readonly provisioning: (args: string, options?: RunOptions) => Promise<Ran>;
  /** Starts it only. */
  readonly begin: (args: string, options?: RunOptions) => Started;
  /** Tasks that do what the test tells them. */
  readonly tasks: Control;
}

/** Arguments are written as on a command line; those with blanks come as a list to `run` itself. */
export const test = base.extend<CliFixtures>({
  // Vitest reads the names of fixtures from this pattern.
  // oxlint-disable-next-line no-empty-pattern
  home: async ({}, use) => {
    const home = makeHome();
    await use(home);
    await closeHome(home);
  },
  provisioning: async ({ home }, use) => {
    await use((args, options) => run(home, words(args), options));
  },
  begin: async ({ home }, use) => {
    await use((args, options) => start(home, words(args), options));
  },
  tasks: async ({ home }, use) => {
    const tasks = await control(home.root);
    await use(tasks);
    await tasks.close();
  },
});

/** How a run stands, as the program says it. */
export const statusOf = async (
  provisioning: CliFixtures['provisioning'],
  id = '@latest',
): Promise<RunDocument['status']> => (await provisioning(`workflow status ${id} --json`)).json<RunDocument>().status;

const words = (args: string): string[] => args.split(' ').filter((word) => word !== '');
