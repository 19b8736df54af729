import * as Flags from '@oclif/core/flags';
import { ok } from '../../src/domain/result.ts';
import { settingsText } from '../../src/presentation/settings.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const SHOW_FLAGS = { origin: Flags.boolean({ description: 'where each value comes from' }) };

export default class ConfigShow extends ProvisioningCommand {
  static override flags = SHOW_FLAGS;
  static override examples = [
    { description: 'What holds here', command: 'provisioning config show' },
    { description: 'And the file and line of each value', command: 'provisioning config show --origin' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { configuration } = services.value;
    const { settingOrigins, settingRows } = await import('../../src/config/show.ts');
    const { origin } = this.flagsOf(SHOW_FLAGS);
    const { settings } = configuration;
    return ok({
      json: () => (origin ? { settings, origins: settingOrigins(configuration) } : settings),
      text: (style) => settingsText(settingRows(configuration), origin, style),
      quiet: () => lines(settingRows(configuration).map(({ key }) => key)),
    });
  }
}
