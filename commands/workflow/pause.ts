import type { Outcome } from '../answer.ts';
import { RUN } from '../run-argument.ts';
import { SteerCommand } from '../steer-command.ts';

export default class WorkflowPause extends SteerCommand {
  static override args = RUN;
  static override examples = [
    { description: 'Start no further task of it; what runs goes on', command: 'provisioning workflow pause @latest' },
  ];

  protected override execute(): Promise<Outcome> {
    const how = { verb: 'pause', body: { reason: 'workflow pause' } } as const;
    return this.steer(this.argsOf(RUN).id, how, { start: false });
  }
}
