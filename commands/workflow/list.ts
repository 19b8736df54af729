import * as Flags from '@oclif/core/flags';
import { RUN_STATUSES } from '../../src/domain/statuses.ts';
import { err, ok } from '../../src/domain/result.ts';
import { runsText } from '../../src/presentation/lists.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const LIST = {
  status: Flags.string({
    options: [...RUN_STATUSES],
    multiple: true,
    description: 'only runs of this status; may be repeated',
  }),
  limit: Flags.integer({ min: 1, helpValue: 'N', description: 'the newest N of them' }),
};

export default class WorkflowList extends ProvisioningCommand {
  static override flags = LIST;
  static override examples = [
    { description: 'All runs, newest first', command: 'provisioning workflow list' },
    { description: 'What waits for a person', command: 'provisioning workflow list --status paused --status unknown' },
    { description: 'Ids only', command: 'provisioning batch list --quiet' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const found = await (await services.value.reads()).runs();
    if (!found.ok) return err([found.error]);
    const { infra } = this.flags;
    const { status = RUN_STATUSES, limit } = this.flagsOf(LIST);
    const runs = found.value
      .filter((run) => (infra === undefined || run.infra === infra) && status.includes(run.status))
      .slice(0, limit);
    return ok({
      json: () => runs,
      text: (style) => runsText(runs, style),
      quiet: () => lines(runs.map(({ workflow_id }) => workflow_id)),
    });
  }
}
