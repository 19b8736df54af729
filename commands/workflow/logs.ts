import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { TaskDocument } from '../../src/api/documents.ts';
import { exitCodeOf, failure } from '../../src/domain/failure.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import { didYouMean } from '../../src/domain/suggest.ts';
import type { Reads } from '../../src/ports/reads.ts';
import { manyLines } from '../../src/presentation/escape.ts';
import { notice } from '../../src/presentation/notice.ts';
import { attemptText, taskOutput } from '../../src/presentation/output.ts';
import type { TaskOutput } from '../../src/presentation/output.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const LOGS = {
  ...RUN,
  task: Args.string({ ignoreStdin: true, description: "a task's id in the workflow; without it, all tasks" }),
};

const LOGS_FLAGS = {
  follow: Flags.boolean({
    char: 'f',
    default: false,
    exclusive: ['json', 'json-into', 'quiet'],
    description: 'go on with what the task prints, until it has ended',
  }),
};

export default class WorkflowLogs extends ProvisioningCommand {
  static override args = LOGS;
  static override flags = LOGS_FLAGS;
  static override examples = [
    { description: 'What every task of the newest run printed', command: 'provisioning workflow logs @latest' },
    { description: 'One task', command: 'provisioning workflow logs @latest web-1' },
    { description: 'As it is printed', command: 'provisioning workflow logs @latest web-1 --follow' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const reads = await services.value.reads();
    const { id, task } = this.argsOf(LOGS);
    const run = await reads.run(id);
    if (!run.ok) return err([run.error]);
    const tasks = run.value.tasks.filter((one) => task === undefined || one.id === task || one.task_id === task);
    if (task !== undefined && tasks.length === 0) return err([noTask(task, run.value.tasks)]);
    const [one] = tasks;
    if (this.flagsOf(LOGS_FLAGS).follow)
      return task === undefined || one === undefined ? err([WHICH]) : this.#follow(reads, one);
    const { readOutput } = await import('../../src/dispatch/output.ts');
    const outputs: (TaskOutput & { readonly task_id: string; readonly truncated: boolean })[] = [];
    for (const one of tasks.filter(({ attempts }) => attempts > 0)) {
      const text = await readOutput(reads, one.task_id);
      if (!text.ok) return err([text.error]);
      outputs.push({
        task_id: one.task_id,
        id: one.id,
        attempt: one.attempts,
        output: text.value.text,
        truncated: text.value.truncated,
      });
    }
    return ok({
      json: () => outputs,
      text: (style) => outputs.map((output) => taskOutput(output, task === undefined, style)).join(''),
      quiet: () => lines(outputs.map(({ task_id }) => task_id)),
    });
  }

  async #follow(reads: Reads, { task_id, id }: TaskDocument): Promise<Outcome> {
    const { terminal } = this.context;
    const { followOutput } = await import('../../src/dispatch/follow-output.ts');
    const left = new AbortController();
    const off = terminal.onInterrupt(() => {
      left.abort();
    });
    const ended = await followOutput(reads, task_id, {
      onText: (text) => {
        terminal.out(manyLines(text));
      },
      onAttempt: (attempt) => {
        terminal.note(notice(attemptText(id, attempt)));
      },
      signal: left.signal,
    });
    off();
    if (!ended.ok) return err([ended.error]);
    const exit = left.signal.aborted ? exitCodeOf('interrupted') : 0;
    return ok({ exit, json: () => [], text: () => '', quiet: () => '' });
  }
}

const WHICH = failure('usage', '--follow wants one task', {
  hint: 'Write: provisioning workflow logs ID TASK --follow.',
});

function noTask(task: string, known: readonly TaskDocument[]): Failure {
  const ids = known.map(({ id }) => id);
  const hint = didYouMean(task, ids) ?? `It has ${ids.slice(0, 5).join(', ')}.`;
  return failure('not_found', `this run has no task ${JSON.stringify(task.slice(0, 80))}`, { hint });
}
