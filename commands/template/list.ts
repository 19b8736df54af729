import { ok } from '../../src/domain/result.ts';
import { templatesText } from '../../src/presentation/scaffold.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

export default class TemplateList extends ProvisioningCommand {
  static override examples = [
    { description: 'What may be begun with', command: 'provisioning template list' },
    { description: 'Where each lies', command: 'provisioning template list --json' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { listTemplates } = await import('../../src/dispatch/template-list.ts');
    const listed = await listTemplates(services.value);
    if (!listed.ok) return listed;
    const templates = listed.value;
    return ok({
      json: () => templates,
      text: (style) => templatesText(templates, style),
      quiet: () => lines(templates.map(({ name }) => name)),
    });
  }
}
