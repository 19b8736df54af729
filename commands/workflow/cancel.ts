import { exitCodeOf } from '../../src/domain/failure.ts';
import { ok } from '../../src/domain/result.ts';
import type { Outcome } from '../answer.ts';
import { cancelAnswer } from '../run-answer.ts';
import { RUN } from '../run-argument.ts';
import { SteerCommand } from '../steer-command.ts';
import { WAIT } from '../wait-flag.ts';

export default class WorkflowCancel extends SteerCommand {
  static override args = RUN;
  static override flags = WAIT;
  static override examples = [
    { description: 'Ask its running tasks to end, and start no more', command: 'provisioning workflow cancel @latest' },
    { description: 'And wait until they have ended', command: 'provisioning workflow cancel @latest --wait' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { cancelRun } = await import('../../src/dispatch/cancel.ts');
    const { quiet: silent, 'no-color': colourless } = this.flags;
    const cancelled = await cancelRun(services.value, this.argsOf(RUN).id, { silent, colourless });
    if (!cancelled.ok || !this.flagsOf(WAIT).wait) return cancelAnswer(cancelled);
    const ended = await this.watch(cancelled.value.run.workflow_id);
    // What was asked for is no failure.
    return ended.ok && ended.value.exit === exitCodeOf('cancelled') ? ok({ ...ended.value, exit: 0 }) : ended;
  }
}
