import { resolve } from 'node:path';
import * as Args from '@oclif/core/args';
import type { Source } from '../src/domain/submission.ts';
import type { Services } from '../src/dispatch/services.ts';
import { WORK_FLAGS } from './common-flags.ts';
import { WorkCommand } from './work-command.ts';
import type { Defined } from './work-command.ts';

export const FILE = {
  file: Args.string({ required: true, ignoreStdin: true, description: 'workflow: .ncl, .toml, .yaml or .json' }),
};

/** Verbs that execute a workflow file. `--infra` and `--priority` come before what the file says. */
export abstract class FileCommand extends WorkCommand {
  static override args = FILE;

  protected override async define(services: Services): Defined {
    const { readWorkflow } = await import('../src/dispatch/define.ts');
    const { infra } = this.flags;
    const { priority } = this.flagsOf(WORK_FLAGS);
    return readWorkflow(services, resolve(this.argsOf(FILE).file), { infra, priority });
  }

  protected override source(): Source {
    const { infra } = this.flags;
    const { priority } = this.flagsOf(WORK_FLAGS);
    const file = resolve(this.argsOf(FILE).file);
    return { file, ...(infra === undefined ? {} : { infra }), ...(priority === undefined ? {} : { priority }) };
  }
}
