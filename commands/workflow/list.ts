import { err, ok } from '../../src/domain/result.ts';
import { runsText } from '../../src/presentation/lists.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

export default class WorkflowList extends ProvisioningCommand {
  static override examples = [
    { description: 'All runs, newest first', command: 'provisioning workflow list' },
    { description: 'Ids only', command: 'provisioning batch list --quiet' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const found = await (await services.value.reads()).runs();
    if (!found.ok) return err([found.error]);
    const { infra } = this.flags;
    const runs = infra === undefined ? found.value : found.value.filter((run) => run.infra === infra);
    return ok({
      json: () => runs,
      text: (style) => runsText(runs, style),
      quiet: () => lines(runs.map(({ workflow_id }) => workflow_id)),
    });
  }
}
