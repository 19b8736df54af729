import * as Args from '@oclif/core/args';
import { ok } from '../../src/domain/result.ts';
import { manyLines } from '../../src/presentation/escape.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const SHOWN = {
  shown: Args.string({ required: true, ignoreStdin: true, description: 'its name, as template list has it' }),
};

export default class TemplateShow extends ProvisioningCommand {
  static override args = SHOWN;
  static override examples = [
    { description: 'What a taskserv may be told', command: 'provisioning template show nginx' },
    { description: 'A workflow to begin with', command: 'provisioning template show three-tier > three-tier.ncl' },
    { description: 'Where it lies', command: 'provisioning template show nginx --quiet' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { showTemplate } = await import('../../src/dispatch/template-list.ts');
    const shown = await showTemplate(services.value, this.argsOf(SHOWN).shown);
    if (!shown.ok) return shown;
    return ok({
      json: () => shown.value,
      text: () => manyLines(shown.value.text),
      quiet: () => lines([shown.value.path]),
    });
  }
}
