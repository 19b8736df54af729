import * as Args from '@oclif/core/args';
import { err, ok } from '../../src/domain/result.ts';
import { explanationText } from '../../src/presentation/settings.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const KEY = {
  key: Args.string({
    required: true,
    ignoreStdin: true,
    description: 'section.key, an older name of it, or its variable',
  }),
};

export default class ConfigExplain extends ProvisioningCommand {
  static override args = KEY;
  static override examples = [
    {
      description: 'What it means, and who said what about it',
      command: 'provisioning config explain execution.default_mode',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { explainKey } = await import('../../src/config/explain.ts');
    const explained = explainKey(services.value.configuration, this.argsOf(KEY).key);
    if (!explained.ok) return err([explained.error]);
    return ok({
      json: () => explained.value,
      text: (style) => explanationText(explained.value, style),
      quiet: () => `${JSON.stringify(explained.value.value)}\n`,
    });
  }
}
