import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { cancelAnswer } from '../run-answer.ts';
import { RUN } from '../run-argument.ts';

export default class WorkflowCancel extends ProvisioningCommand {
  static override args = RUN;
  static override examples = [
    { description: 'Ask its running tasks to end, and start no more', command: 'provisioning workflow cancel @latest' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { cancelRun } = await import('../../src/dispatch/cancel.ts');
    const { quiet: silent, 'no-color': colourless } = this.flags;
    return cancelAnswer(await cancelRun(services.value, this.argsOf(RUN).id, { silent, colourless }));
  }
}
