import type { Outcome } from '../answer.ts';
import { RUN } from '../run-argument.ts';
import { SteerCommand } from '../steer-command.ts';
import { WAIT } from '../wait-flag.ts';

export default class WorkflowResume extends SteerCommand {
  static override args = RUN;
  static override flags = WAIT;
  static override examples = [
    { description: 'Go on with a paused run', command: 'provisioning workflow resume @latest' },
    { description: 'And wait for its end', command: 'provisioning workflow resume @latest --wait' },
  ];

  protected override execute(): Promise<Outcome> {
    const { wait } = this.flagsOf(WAIT);
    return this.steer(this.argsOf(RUN).id, { verb: 'resume' }, { start: true, wait });
  }
}
