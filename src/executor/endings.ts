import type { Runner } from '../ports/runner.ts';
import type { Intent } from './outcome.ts';

/** A tree of processes: an attempt's, or its probe's. */
export interface Tree {
  readonly folder: string;
  readonly marker: string;
}

interface Ending {
  readonly intent: Intent;
  readonly isCancelled: boolean;
  /** Resolves when nothing is left of all that was to be killed: whether there was anything. */
  readonly killing: Promise<boolean>;
}

/** Which attempts somebody wants to end, by fence, and why. */
export interface Endings {
  /** Kills the attempt's probe if that runs, else its own tree. The first reason counts; asking again hurries it. */
  begin(own: Tree, intent: NonNullable<Intent>, graceMs: number): void;
  /** Resolves when nothing is left of what is being killed: why it had to end, and whether it was there to be killed. */
  of(fence: string): Promise<{ readonly intent: Intent; readonly wasThere: boolean }>;
  /** Before anything of it was started. */
  before(fence: string): Intent;
  isCancelled(fence: string): boolean;
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
      const all = Promise.all([before?.killing, runner.kill(probe ?? own, graceMs)]);
      endings.set(own.marker, {
        intent: before?.intent ?? intent,
        isCancelled: intent === 'cancelled' || before?.isCancelled === true,
        killing: all.then((wasThere) => wasThere.includes(true)),
      });
    },
    async of(fence) {
      const wasThere = (await endings.get(fence)?.killing) ?? false;
      return { intent: endings.get(fence)?.intent, wasThere };
    },
    before: (fence) => endings.get(fence)?.intent,
    isCancelled: (fence) => endings.get(fence)?.isCancelled === true,
    asking: (fence, probe) => void probes.set(fence, probe),
    forget(fence) {
      endings.delete(fence);
      probes.delete(fence);
    },
  };
}
