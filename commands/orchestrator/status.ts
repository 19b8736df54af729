import { exitCodeOf } from '../../src/domain/failure.ts';
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
    return ok({
      exit: running ? 0 : exitCodeOf('not_running'),
      json: () => status.value,
      text: (style) => orchestratorText(status.value, style),
      quiet: () => (running ? `${pid ?? 'remote'}\n` : ''),
    });
  }
}
