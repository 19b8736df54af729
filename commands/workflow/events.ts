import * as Flags from '@oclif/core/flags';
import type { Failure } from '../../src/domain/failure.ts';
import { momentOf } from '../../src/domain/moment.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { Result } from '../../src/domain/result.ts';
import { eventRecords } from '../../src/presentation/events.ts';
import { jsonLines } from '../../src/presentation/escape.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const EVENTS_FLAGS = {
  since: Flags.string({
    default: '0',
    description: 'only records with a greater seq, or of so late: 42, 10m, 2026-11-23T15:04Z',
    helpValue: 'SEQ|TIME',
  }),
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
    { description: 'In the last ten minutes', command: 'provisioning workflow events @latest --since 10m' },
  ];

  protected override async execute(): Promise<Outcome> {
    const from = beginOf(this.flagsOf(EVENTS_FLAGS).since);
    if (!from.ok) return err([from.error]);
    const services = await this.services();
    if (!services.ok) return services;
    const reads = await services.value.reads();
    const run = await reads.run(this.argsOf(RUN).id);
    if (!run.ok) return err([run.error]);
    const { workflow_id } = run.value;
    const events = await reads.events(workflow_id, from.value.seq);
    if (!events.ok) return err([events.error]);
    const wanted = events.value.filter(({ at }) => Date.parse(at) >= from.value.moment);
    const records = eventRecords(workflow_id, wanted);
    return ok({
      jsonLines: () => jsonLines(records),
      text: () => jsonLines(records),
      quiet: () => lines(wanted.map(({ seq }) => String(seq))),
    });
  }
}

/** A number is the `seq` of a record that was seen. `moment`: milliseconds since 1970. */
function beginOf(since: string): Result<{ readonly seq: number; readonly moment: number }, Failure> {
  if (/^\d{1,9}$/.test(since)) return ok({ seq: Number(since), moment: 0 });
  const moment = momentOf(since, Date.now());
  return moment.ok ? ok({ seq: 0, moment: moment.value }) : moment;
}
