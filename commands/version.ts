import { ok } from '../src/domain/result.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

export default class Version extends ProvisioningCommand {
  static override examples = [{ description: 'Of this program', command: 'provisioning version' }];

  protected override execute(): Promise<Outcome> {
    const { version } = this.context;
    return Promise.resolve(
      ok({
        json: () => ({ version, node: process.versions.node, platform: `${process.platform}-${process.arch}` }),
        text: () => `${version}\n`,
        quiet: () => `${version}\n`,
      }),
    );
  }
}
