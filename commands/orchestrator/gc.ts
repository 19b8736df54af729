import * as Flags from '@oclif/core/flags';
import { err, ok } from '../../src/domain/result.ts';
import { gcJson, gcText } from '../../src/presentation/gc.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const GC_FLAGS = {
  keep: Flags.string({
    default: '30d',
    description: 'an age (30d, 12h), or how many of the newest finished runs are kept',
    helpValue: 'AGE|N',
  }),
  'dry-run': Flags.boolean({ default: false, description: 'show what would go, and do nothing' }),
};

export default class OrchestratorGc extends ProvisioningCommand {
  static override flags = GC_FLAGS;
  static override examples = [
    {
      description: 'Forget runs that ended more than 30 days ago; unfinished and unknown ones stay',
      command: 'provisioning orchestrator gc',
    },
    {
      description: 'What keeping the newest 100 would remove',
      command: 'provisioning orchestrator gc --keep 100 --dry-run',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const [{ collectGarbage }, { parseKeep }] = await Promise.all([
      import('../../src/dispatch/gc.ts'),
      import('../../src/workflow/retention.ts'),
    ]);
    const flags = this.flagsOf(GC_FLAGS);
    const keep = parseKeep(flags.keep);
    if (!keep.ok) return err([keep.error]);
    const services = await this.services();
    if (!services.ok) return services;
    const removed = await collectGarbage(services.value, {
      keep: keep.value,
      dryRun: flags['dry-run'],
      now: Date.now(),
    });
    if (!removed.ok) return err([removed.error]);
    return ok({
      json: () => gcJson(removed.value),
      text: (style) => gcText(removed.value, style),
      quiet: () => lines(removed.value.runs.map(({ id }) => id)),
    });
  }
}
