import { resolve } from 'node:path';
import * as Args from '@oclif/core/args';
import { ok } from '../../src/domain/result.ts';
import { scaffoldText } from '../../src/presentation/scaffold.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const FOLDER = {
  folder: Args.string({ ignoreStdin: true, default: '.', description: 'made if need be; by default the current one' }),
};

export default class WorkspaceInit extends ProvisioningCommand {
  static override args = FOLDER;
  static override examples = [
    {
      description: 'A new folder with a first infra and a first workflow',
      command: 'provisioning workspace init wuji',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { initWorkspace } = await import('../../src/dispatch/workspace.ts');
    const made = await initWorkspace(services.value, resolve(this.argsOf(FOLDER).folder));
    if (!made.ok) return made;
    return ok({
      json: () => made.value,
      text: (style) => scaffoldText(made.value, style),
      quiet: () => lines([made.value.workspace]),
    });
  }
}
