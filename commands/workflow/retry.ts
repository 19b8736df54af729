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
  'accept-changes': Flags.boolean({ default: false, description: "go on with the workflow's file as it is now" }),
  'only-failed': Flags.boolean({ default: false, description: 'leave alone what was cancelled', exclusive: ['from'] }),
};

export default class WorkflowRetry extends SteerCommand {
  static override args = RUN;
  static override flags = RETRY;
  static override examples = [
    { description: 'Do what is not completed', command: 'provisioning workflow retry @latest --wait' },
    { description: 'One task and what depends on it', command: 'provisioning workflow retry @latest --from k8s' },
  ];

  protected override async execute(): Promise<Outcome> {
    const { wait, from, 'only-failed': only_failed, 'accept-changes': accept_changes } = this.flagsOf(RETRY);
    const services = await this.services();
    if (!services.ok) return services;
    const { readSourceAgain } = await import('../../src/dispatch/source.ts');
    const { id } = this.argsOf(RUN);
    const workflow = await readSourceAgain(services.value, id, (workspace) => this.services(workspace));
    if (!workflow.ok) return workflow;
    const body = { only_failed, accept_changes, ...workflow.value, ...(from === undefined ? {} : { from }) };
    return this.steer(id, { verb: 'retry', body }, { start: true, wait });
  }
}
