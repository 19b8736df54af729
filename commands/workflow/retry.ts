import * as Flags from '@oclif/core/flags';
import type { Outcome } from '../answer.ts';
import { RUN } from '../run-argument.ts';
import { SteerCommand } from '../steer-command.ts';
import { WAIT } from '../wait-flag.ts';

const RETRY = {
  ...WAIT,
  from: Flags.string({
    helpValue: 'TASK',
    description: 'do this task and all that depends on it again, completed or not',
  }),
  'only-failed': Flags.boolean({ default: false, description: 'leave alone what was cancelled', exclusive: ['from'] }),
};

export default class WorkflowRetry extends SteerCommand {
  static override args = RUN;
  static override flags = RETRY;
  static override examples = [
    { description: 'Do what is not completed', command: 'provisioning workflow retry @latest --wait' },
    { description: 'One task and what depends on it', command: 'provisioning workflow retry @latest --from k8s' },
  ];

  protected override execute(): Promise<Outcome> {
    const { wait, from, 'only-failed': only_failed } = this.flagsOf(RETRY);
    const how = { verb: 'retry', body: { only_failed, ...(from === undefined ? {} : { from }) } } as const;
    return this.steer(this.argsOf(RUN).id, how, { start: true, wait });
  }
}
