import * as Flags from '@oclif/core/flags';
import type { RouteParts } from '../../src/dispatch/request.ts';
import { err, ok } from '../../src/domain/result.ts';
import { startedText } from '../../src/presentation/orchestrator.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const RESTART_FLAGS = { drain: Flags.boolean({ description: 'let what runs and waits end first; takes no new work' }) };

export default class OrchestratorRestart extends ProvisioningCommand {
  static override flags = RESTART_FLAGS;
  static override examples = [
    {
      description: 'Running tasks live on, and the next one takes them over',
      command: 'provisioning orchestrator restart',
    },
    { description: 'When all work has ended', command: 'provisioning orchestrator restart --drain' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { decide } = await import('../../src/dispatch/decide.ts');
    const decided = await decide(services.value, { route: this.routeParts() });
    if (!decided.ok) return decided;
    if (decided.value.decision.refused !== undefined) return err([decided.value.decision.refused]);
    const client = await services.value.client();
    if (!client.ok) return err([client.error]);
    const started = await client.value.restart({ drain: this.flagsOf(RESTART_FLAGS).drain });
    if (!started.ok) return err([started.error, ...started.error.others]);
    const { pid, instance_id, version } = started.value;
    return ok({
      json: () => ({ running: true, pid, instance_id, version }),
      text: () => startedText(started.value),
      quiet: () => `${pid}\n`,
    });
  }

  protected override routeParts(): RouteParts {
    return { ...super.routeParts(), orchestrator: true };
  }
}
