import type { Config } from '@oclif/core/config';
import type { ArgInput, FlagInput } from '@oclif/core/interfaces';

/**
 * What a verb does to the world: `read` changes nothing and starts nothing; `control` steers work that exists; `work`
 * makes a run, and is what modes are about.
 */
export type VerbClass = 'read' | 'control' | 'work';

export interface Example {
  readonly description: string;
  /** As typed, from `provisioning` on. */
  readonly command: string;
}

/** A verb: made by oclif's rules, run by `src/cli/oclif.ts`. */
export interface CommandClass {
  new (argv: string[], config: Config): { run(): Promise<number> };
  readonly args: ArgInput;
  readonly flags: FlagInput;
  readonly baseFlags: FlagInput;
  readonly examples: readonly Example[];
}

export interface Entry {
  /** As typed: `server create`. */
  readonly name: string;
  readonly class: VerbClass;
  readonly summary: string;
  readonly load: () => Promise<{ readonly default: CommandClass }>;
}

/** `server create` → `server`, `create`; words of one part have no verb. */
export function nounAndVerb({ name }: Pick<Entry, 'name'>): { readonly noun: string; readonly verb: string } {
  const [noun = '', verb = ''] = name.split(' ');
  return { noun, verb };
}
