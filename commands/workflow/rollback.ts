import * as Flags from '@oclif/core/flags';
import { ok } from '../../src/domain/result.ts';
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
    const { workflow_id } = made.value;
    if (wait && workflow_id !== null) return this.watch(workflow_id);
    return ok({
      json: () => made.value,
      text: () => rollbackText(made.value, plan),
      quiet: () => (workflow_id === null ? '' : `${workflow_id}\n`),
    });
  }
}
