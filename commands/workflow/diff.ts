import * as Args from '@oclif/core/args';
import { readRecorded } from '../../src/dispatch/recorded.ts';
import { exitCodeOf } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import { diffText } from '../../src/presentation/diff.ts';
import { diffRuns } from '../../src/workflow/diff.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const RUNS = {
  before: { ...RUN.id, description: 'a run: its id, a unique prefix of it, or @latest' },
  after: Args.string({ required: true, ignoreStdin: true, description: 'another one' }),
};

/** As with `diff`, the exit code says whether something differs: what was asked for, or what became of it. */
export default class WorkflowDiff extends ProvisioningCommand {
  static override args = RUNS;
  static override examples = [
    { description: 'What is new in the newest run', command: 'provisioning workflow diff 01a212d5 @latest' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { before, after } = this.argsOf(RUNS);
    const reads = await services.value.reads();
    const runs = await Promise.all([readRecorded(reads, before), readRecorded(reads, after)]);
    const [one, other] = runs;
    if (!one.ok || !other.ok) return err(runs.flatMap((run) => (run.ok ? [] : [run.error])));
    const diff = diffRuns(one.value, other.value);
    return ok({
      exit: diff.differs ? exitCodeOf('differs') : 0,
      json: () => diff,
      text: (style) => diffText(diff, style),
      quiet: () => lines(diff.tasks.filter(({ status: [a, b] }) => a !== b).map(({ id }) => id)),
    });
  }
}
