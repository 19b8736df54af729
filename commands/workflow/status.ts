import * as Flags from '@oclif/core/flags';
import { err, ok } from '../../src/domain/result.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import { exitOfRun } from '../../src/presentation/exit.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { runAnswer } from '../run-answer.ts';
import { RUN } from '../run-argument.ts';

const STATUS_FLAGS = {
  'exit-code': Flags.boolean({ description: 'exit with what the run ended as; 0 while it has not' }),
};

export default class WorkflowStatus extends ProvisioningCommand {
  static override args = RUN;
  static override flags = STATUS_FLAGS;
  static override examples = [
    { description: 'The newest run', command: 'provisioning workflow status @latest' },
    { description: 'As data', command: 'provisioning workflow status @latest --json' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const run = await (await services.value.reads()).run(this.argsOf(RUN).id);
    if (!run.ok) return err([run.error]);
    const mirrors = this.flagsOf(STATUS_FLAGS)['exit-code'] && isOutcome(run.value.status);
    return ok({ ...runAnswer(run.value), exit: mirrors ? exitOfRun(run.value) : 0 });
  }
}
