import { err, ok } from '../../src/domain/result.ts';
import { undoingOf } from '../../src/dispatch/dispatched.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import { exitOfRun } from '../../src/presentation/exit.ts';
import type { Outcome } from '../answer.ts';
import { RUN } from '../run-argument.ts';
import { runAnswer } from '../run-answer.ts';
import { SteerCommand } from '../steer-command.ts';

/** Waits as `--wait` does, and ends with the run's outcome as it does: one way to watch, whoever began the work. */
export default class WorkflowMonitor extends SteerCommand {
  static override args = RUN;
  static override examples = [
    { description: 'Watch the newest run until it has ended', command: 'provisioning workflow monitor @latest' },
    {
      description: 'The same in a script: a line for each step',
      command: 'provisioning workflow monitor @latest --no-color',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const run = await (await services.value.reads()).run(this.argsOf(RUN).id);
    if (!run.ok) return err([run.error]);
    if (isOutcome(run.value.status) && undoingOf(run.value) === undefined)
      return ok({ ...runAnswer(run.value), exit: exitOfRun(run.value) });
    return this.watch(run.value.workflow_id);
  }
}
