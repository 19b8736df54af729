import * as Flags from '@oclif/core/flags';
import { pickVariables } from '../../src/domain/credential.ts';
import { err } from '../../src/domain/result.ts';
import type { Outcome } from '../answer.ts';
import { RUN } from '../run-argument.ts';
import { SteerCommand } from '../steer-command.ts';
import { WAIT } from '../wait-flag.ts';

const RESUME = {
  ...WAIT,
  env: Flags.string({
    helpValue: 'NAME',
    multiple: true,
    description: 'hand over this variable again, for credentials that were lost; may be repeated',
  }),
};

export default class WorkflowResume extends SteerCommand {
  static override args = RUN;
  static override flags = RESUME;
  static override examples = [
    { description: 'Go on with a paused run', command: 'provisioning workflow resume @latest' },
    { description: 'And wait for its end', command: 'provisioning workflow resume @latest --wait' },
  ];

  protected override async execute(): Promise<Outcome> {
    const { wait, env } = this.flagsOf(RESUME);
    const services = await this.services();
    if (!services.ok) return services;
    const { variables } = services.value.configuration.environment;
    const handed = pickVariables(variables, env ?? []);
    if (!handed.ok) return err([handed.error]);
    const body = handed.value === undefined ? {} : { credentials: handed.value };
    return this.steer(this.argsOf(RUN).id, { verb: 'resume', body }, { start: true, wait });
  }
}
