import { ok } from '../src/domain/result.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

export default class Version extends ProvisioningCommand {
  static override examples = [
    { description: 'Of this program', command: 'provisioning version' },
    { description: 'Of all that it is made of', command: 'provisioning version --json' },
  ];

  protected override execute(): Promise<Outcome> {
    const { version, versions } = this.context;
    return Promise.resolve(
      ok({
        json: versions,
        text: () => `${version}\n`,
        quiet: () => `${version}\n`,
      }),
    );
  }
}
