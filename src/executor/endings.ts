import type { Runner } from '../ports/runner.ts';
import type { Intent } from './outcome.ts';

/** A tree of processes: an attempt's, or its probe's. */
export interface Tree {
  readonly folder: string;
  readonly marker: string;
}

interface Ending {
  readonly intent: Intent;
  /** Resolves when nothing is left of all that was to be killed. */
  readonly killing: Promise<unknown>;
}

/** Which attempts somebody wants to end, by fence, and why. */
export interface Endings {
  /** Kills the attempt's probe if that runs, else its own tree. The first reason counts; asking again hurries it. */
  begin(own: Tree, intent: NonNullable<Intent>, graceMs: number): void;
  of(fence: string): Intent;
  /** Resolves when nothing is left of what is being killed. */
  done(fence: string): Promise<unknown>;
  asking(fence: string, probe: Tree): void;
  forget(fence: string): void;
}

export function createEndings(runner: Pick<Runner, 'kill'>): Endings {
  const endings = new Map<string, Ending>();
  const probes = new Map<string, Tree>();
  return {
    begin(own, intent, graceMs) {
      const probe = probes.get(own.marker);
      // The time that is up is the attempt's; its probe has one of its own.
      if (probe !== undefined && intent !== 'cancelled') return;
      const before = endings.get(own.marker);
      const killing = Promise.all([before?.killing, runner.kill(probe ?? own, graceMs)]);
      endings.set(own.marker, { intent: before?.intent ?? intent, killing });
    },
    of: (fence) => endings.get(fence)?.intent,
    done: async (fence) => endings.get(fence)?.killing,
    asking: (fence, probe) => void probes.set(fence, probe),
    forget(fence) {
      endings.delete(fence);
      probes.delete(fence);
    },
  };
}
