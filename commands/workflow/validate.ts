import { ok } from '../../src/domain/result.ts';
import { validationText } from '../../src/presentation/validation.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { FILE, definitionPath } from '../file-command.ts';

export default class WorkflowValidate extends ProvisioningCommand {
  static override args = FILE;
  static override examples = [
    {
      description: 'All that is wrong with it, each with its place',
      command: 'provisioning workflow validate deployment.ncl',
    },
    {
      description: 'As it will be executed, with every default',
      command: 'provisioning workflow validate deployment.ncl --json',
    },
    { description: 'What another program prints', command: 'provisioning workflow validate - < generated.json' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const [{ validateFile }, { plan }] = await Promise.all([
      import('../../src/dispatch/define.ts'),
      import('../../src/workflow/plan.ts'),
    ]);
    const validated = await validateFile(services.value, definitionPath(this.argsOf(FILE).file));
    if (!validated.ok) return validated;
    const { workflow, warnings } = validated.value;
    return ok({
      json: () => ({ valid: true, workflow, warnings }),
      text: (style) => validationText({ workflow, warnings, waves: plan(workflow).waves }, style),
      quiet: () => lines(workflow.operations.map(({ id }) => id)),
    });
  }
}
