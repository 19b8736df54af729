/**
 * The variables that commands handed over together with their runs. In memory only: a later process does not have them,
 * and the runs that need them pause until somebody hands them over again.
 */
export interface Captured {
  /** Adds to what the run has. To call for each run that has credentials, also without any value. */
  put(run: string, values: Readonly<Record<string, string>>): void;
  /** Gives one run what another one has: a rollback needs what its run needed. */
  share(from: string, to: string): void;
  value(run: string, name: string): string | undefined;
  /** Whether anybody handed over anything in this process's life. */
  knows(run: string): boolean;
}

export function createCaptured(): Captured {
  const runs = new Map<string, ReadonlyMap<string, string>>();
  const put = (run: string, values: Iterable<readonly [string, string]>): void => {
    runs.set(run, new Map([...(runs.get(run) ?? []), ...values]));
  };
  return {
    put: (run, values) => {
      put(run, Object.entries(values));
    },
    share(from, to) {
      const values = runs.get(from);
      if (values !== undefined) put(to, values);
    },
    value: (run, name) => runs.get(run)?.get(name),
    knows: (run) => runs.has(run),
  };
}
