import { ok } from '../../src/domain/result.ts';
import { validConfigText } from '../../src/presentation/settings.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

export default class ConfigValidate extends ProvisioningCommand {
  static override examples = [
    { description: 'All that is wrong with all documents', command: 'provisioning config validate' },
  ];

  /** An invalid configuration has failed before, like for every other command. */
  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { documents, warnings } = services.value.configuration;
    const unmatched = await this.ruleWarnings(services.value);
    const files = documents.map(({ file }) => file);
    return ok({
      json: () => ({ valid: true, documents: files, warnings: [...warnings, ...unmatched] }),
      text: (style) => validConfigText(files, style),
      quiet: () => lines(files),
    });
  }
}
