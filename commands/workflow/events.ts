import * as Flags from '@oclif/core/flags';
import { err, ok } from '../../src/domain/result.ts';
import { eventRecords } from '../../src/presentation/events.ts';
import { jsonLines } from '../../src/presentation/escape.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const EVENTS_FLAGS = {
  since: Flags.integer({ min: 0, default: 0, description: 'only records with a greater seq', helpValue: 'SEQ' }),
};

export default class WorkflowEvents extends ProvisioningCommand {
  static override args = RUN;
  static override flags = EVENTS_FLAGS;
  static override examples = [
    {
      description: 'What happened, a JSON record a line; the first names the schema',
      command: 'provisioning workflow events @latest',
    },
    { description: 'What happened since the record 42', command: 'provisioning workflow events @latest --since 42' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const reads = await services.value.reads();
    const run = await reads.run(this.argsOf(RUN).id);
    if (!run.ok) return err([run.error]);
    const { workflow_id } = run.value;
    const events = await reads.events(workflow_id, this.flagsOf(EVENTS_FLAGS).since);
    if (!events.ok) return err([events.error]);
    const records = eventRecords(workflow_id, events.value);
    return ok({
      jsonLines: () => jsonLines(records),
      text: () => jsonLines(records),
      quiet: () => lines(events.value.map(({ seq }) => String(seq))),
    });
  }
}
