import * as Flags from '@oclif/core/flags';
import type { ShownRun } from '../../src/api/views.ts';
import { readRecorded } from '../../src/dispatch/recorded.ts';
import type { Services } from '../../src/dispatch/services.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { Result } from '../../src/domain/result.ts';
import { shownText } from '../../src/presentation/shown-run.ts';
import { symbolsOf } from '../../src/presentation/live/symbols.ts';
import { timelineText } from '../../src/presentation/timeline.ts';
import { criticalPath, timelineOf } from '../../src/workflow/timeline.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const SHOW = {
  timeline: Flags.boolean({ default: false, description: 'when each task ran, and what the end waited for' }),
};

/** Where nobody says how wide it is. */
const COLUMNS = 100;

export default class WorkflowShow extends ProvisioningCommand {
  static override args = RUN;
  static override flags = SHOW;
  static override examples = [
    { description: 'What the newest run was asked to do', command: 'provisioning workflow show @latest' },
    { description: 'Where its time went', command: 'provisioning workflow show @latest --timeline' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const shown = await read(services.value, this.argsOf(RUN).id);
    if (!shown.ok) return err([shown.error]);
    const { timeline } = this.flagsOf(SHOW);
    const { unicode, columns = COLUMNS } = this.context.terminal;
    return ok({
      json: () => shown.value,
      text: (style) =>
        timeline
          ? timelineText(shown.value, { style, symbols: symbolsOf(unicode) }, { columns, now: Date.now() })
          : shownText(shown.value, style),
      quiet: () => `${shown.value.run.workflow_id}\n`,
    });
  }
}

async function read(services: Services, id: string): Promise<Result<ShownRun, Failure>> {
  const reads = await services.reads();
  const recorded = await readRecorded(reads, id);
  if (!recorded.ok) return recorded;
  const { run, definition } = recorded.value;
  const events = await reads.events(run.workflow_id, 0);
  if (!events.ok) return events;
  return ok({
    run,
    definition: { ...definition } as unknown as ShownRun['definition'],
    timeline: timelineOf(events.value),
    critical_path: [...criticalPath(definition.operations, run.tasks)],
  });
}
