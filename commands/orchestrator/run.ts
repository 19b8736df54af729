import { ok } from '../../src/domain/result.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

export default class OrchestratorRun extends ProvisioningCommand {
  static override examples = [
    {
      description: 'In the foreground, until Ctrl-C; does not leave when idle',
      command: 'provisioning orchestrator run',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const ran = await this.context.runOrchestrator();
    if (!ran.ok) return ran;
    return ok({ exit: ran.value, json: () => ({ running: false }), text: () => '', quiet: () => '' });
  }
}
