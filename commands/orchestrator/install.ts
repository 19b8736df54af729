import * as Flags from '@oclif/core/flags';
import { ok } from '../../src/domain/result.ts';
import { serviceText } from '../../src/presentation/service.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const INSTALL_FLAGS = { user: Flags.boolean({ description: 'as a service of yours, not of the machine' }) };

export default class OrchestratorInstall extends ProvisioningCommand {
  static override flags = INSTALL_FLAGS;
  static override examples = [
    { description: 'As a service of your own', command: 'provisioning orchestrator install --user' },
    { description: 'As a service of the machine, as root', command: 'provisioning orchestrator install' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { installService } = await import('../../src/dispatch/service.ts');
    const installed = await installService(services.value, this.flagsOf(INSTALL_FLAGS).user);
    if (!installed.ok) return installed;
    return ok({
      json: () => installed.value,
      text: () => serviceText(installed.value, 'installed'),
      quiet: () => `${installed.value.file}\n`,
    });
  }
}
