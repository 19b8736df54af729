import { exitCodeOf } from '../../src/domain/failure.ts';
import { heldTrouble } from '../../src/api/restored.ts';
import type { Services } from '../../src/dispatch/services.ts';
import { err, ok } from '../../src/domain/result.ts';
import { orchestratorText } from '../../src/presentation/orchestrator.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

export default class OrchestratorStatus extends ProvisioningCommand {
  static override examples = [
    {
      description: 'Whether it runs (exit code 3 if not), and what it does',
      command: 'provisioning orchestrator status',
    },
    { description: 'As data', command: 'provisioning orchestrator status --json' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const client = await services.value.client();
    if (!client.ok) return err([client.error]);
    const status = await client.value.status();
    if (!status.ok) return err([status.error, ...status.error.others]);
    const { running, pid } = status.value;
    const known = running ? status.value : { ...status.value, troubles: await troubles(services.value) };
    return ok({
      exit: running ? 0 : exitCodeOf('not_running'),
      json: () => known,
      text: (style) => orchestratorText(known, style),
      quiet: () => (running ? `${pid ?? 'remote'}\n` : ''),
    });
  }
}

/** One that runs says so itself. */
async function troubles(services: Services): Promise<string[]> {
  const restored = (await services.storeState()).restored();
  return restored === undefined ? [] : [heldTrouble(restored)];
}
