import * as Flags from '@oclif/core/flags';
import { ok } from '../../src/domain/result.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import { exitOfOutcome } from '../../src/presentation/exit.ts';
import { rollbackText } from '../../src/presentation/rollback.ts';
import type { Outcome } from '../answer.ts';
import { RUN } from '../run-argument.ts';
import { SteerCommand } from '../steer-command.ts';
import { WAIT } from '../wait-flag.ts';

const ROLLBACK = {
  ...WAIT,
  plan: Flags.boolean({ default: false, description: 'say what would be done, and do nothing' }),
  yes: Flags.boolean({ char: 'y', default: false, description: 'go on although a part of it cannot be taken back' }),
};

export default class WorkflowRollback extends SteerCommand {
  static override args = RUN;
  static override flags = ROLLBACK;
  static override examples = [
    {
      description: 'What would be taken back, in which order',
      command: 'provisioning workflow rollback @latest --plan',
    },
    { description: 'Take it back', command: 'provisioning workflow rollback @latest --wait' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { plan, yes, wait } = this.flagsOf(ROLLBACK);
    const { rollbackRun } = await import('../../src/dispatch/steer.ts');
    const made = await rollbackRun(services.value, this.argsOf(RUN).id, { plan, consent: yes });
    if (!made.ok) return made;
    const { workflow_id, rollback } = made.value;
    if (wait && !plan && workflow_id !== null) return this.watch(workflow_id);
    return ok({
      // Asked again after it has ended: it ends the same way.
      exit: plan || rollback === undefined || !isOutcome(rollback.status) ? 0 : exitOfOutcome(rollback.status),
      json: () => made.value,
      text: () => rollbackText(made.value),
      quiet: () => (workflow_id === null ? '' : `${workflow_id}\n`),
    });
  }
}
