import * as Flags from '@oclif/core/flags';
import { err, ok } from '../../src/domain/result.ts';
import { stoppedText } from '../../src/presentation/orchestrator.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const STOP_FLAGS = { now: Flags.boolean({ description: 'cancel all runs first' }) };

export default class OrchestratorStop extends ProvisioningCommand {
  static override flags = STOP_FLAGS;
  static override examples = [
    {
      description: 'Running tasks live on, and the next orchestrator takes them over',
      command: 'provisioning orchestrator stop',
    },
    { description: 'Cancel everything first', command: 'provisioning orchestrator stop --now' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const client = await services.value.client();
    if (!client.ok) return err([client.error]);
    const stopped = await client.value.stop({ now: this.flagsOf(STOP_FLAGS).now });
    if (!stopped.ok) return err([stopped.error, ...stopped.error.others]);
    return ok({
      json: () => ({ running: false, ...stopped.value }),
      text: () => stoppedText(stopped.value),
      quiet: () => '',
    });
  }
}
