import * as Flags from '@oclif/core/flags';
import { ok } from '../../src/domain/result.ts';
import { serviceText } from '../../src/presentation/service.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const UNINSTALL_FLAGS = { user: Flags.boolean({ description: 'the service of yours, not of the machine' }) };

export default class OrchestratorUninstall extends ProvisioningCommand {
  static override flags = UNINSTALL_FLAGS;
  static override examples = [
    { description: 'Take your own service away', command: 'provisioning orchestrator uninstall --user' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { uninstallService } = await import('../../src/dispatch/service.ts');
    const removed = await uninstallService(services.value, this.flagsOf(UNINSTALL_FLAGS).user);
    if (!removed.ok) return removed;
    return ok({
      json: () => removed.value,
      text: () => serviceText(removed.value, 'removed'),
      quiet: () => `${removed.value.file}\n`,
    });
  }
}
