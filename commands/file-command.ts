import { resolve } from 'node:path';
import * as Args from '@oclif/core/args';
import type { Source } from '../src/domain/submission.ts';
import type { Services } from '../src/dispatch/services.ts';
import { STDIN } from '../src/ports/definitions.ts';
import { WORK_FLAGS } from './common-flags.ts';
import { WorkCommand } from './work-command.ts';
import type { Defined } from './work-command.ts';

export const FILE = {
  file: Args.string({
    required: true,
    ignoreStdin: true,
    description: 'workflow: .ncl, .toml, .yaml or .json; "-" is JSON on standard input',
  }),
};

/** Where the definition is, for who may change folders. */
export const definitionPath = (file: string): string => (file === STDIN ? file : resolve(file));

/** Verbs that execute a workflow file. `--infra` and `--priority` come before what the file says. */
export abstract class FileCommand extends WorkCommand {
  static override args = FILE;

  protected override async define(services: Services): Defined {
    const { readWorkflow } = await import('../src/dispatch/define.ts');
    const { infra } = this.flags;
    const { priority } = this.flagsOf(WORK_FLAGS);
    return readWorkflow(services, definitionPath(this.argsOf(FILE).file), { infra, priority });
  }

  /** Nobody can read again what was on the standard input. */
  protected override source(): Source | undefined {
    const { infra } = this.flags;
    const { priority } = this.flagsOf(WORK_FLAGS);
    const file = definitionPath(this.argsOf(FILE).file);
    if (file === STDIN) return undefined;
    return { file, ...(infra === undefined ? {} : { infra }), ...(priority === undefined ? {} : { priority }) };
  }
}
