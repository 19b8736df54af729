import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { err } from '../../src/domain/result.ts';
import type { Outcome } from '../answer.ts';
import { RUN } from '../run-argument.ts';
import { SteerCommand } from '../steer-command.ts';
import { WAIT } from '../wait-flag.ts';

const TASK = {
  ...RUN,
  task: Args.string({
    required: true,
    ignoreStdin: true,
    description: "the task's id in the workflow, or a unique prefix of it",
  }),
};
const RESOLVE = {
  ...WAIT,
  as: Flags.option({
    options: ['completed', 'failed', 'retry'] as const,
    required: true,
    description: 'how it ended',
  })(),
  result: Flags.string({ helpValue: 'FILE', description: 'a JSON object: the result that later tasks find' }),
};

export default class WorkflowResolve extends SteerCommand {
  static override args = TASK;
  static override flags = RESOLVE;
  static override examples = [
    { description: 'It took effect', command: 'provisioning workflow resolve @latest web-1 --as completed' },
    {
      description: 'It did not: do it again',
      command: 'provisioning workflow resolve @latest web-1 --as retry --wait',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const { id, task } = this.argsOf(TASK);
    const { as, result: file, wait } = this.flagsOf(RESOLVE);
    const { readRecordFile } = await import('../../src/dispatch/record-file.ts');
    const result = await readRecordFile(file);
    if (!result.ok) return err([result.error]);
    const how = { verb: 'resolve', task, body: { as, message: 'resolved by a person', result: result.value } } as const;
    return this.steer(id, how, { start: as === 'retry' || wait, wait });
  }
}
