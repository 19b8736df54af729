import * as Args from '@oclif/core/args';
import type { TaskDocument } from '../../src/api/documents.ts';
import { failure } from '../../src/domain/failure.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import { didYouMean } from '../../src/domain/suggest.ts';
import { taskOutput } from '../../src/presentation/output.ts';
import type { TaskOutput } from '../../src/presentation/output.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const LOGS = {
  ...RUN,
  task: Args.string({ ignoreStdin: true, description: "a task's id in the workflow; without it, all tasks" }),
};

export default class WorkflowLogs extends ProvisioningCommand {
  static override args = LOGS;
  static override examples = [
    { description: 'What every task of the newest run printed', command: 'provisioning workflow logs @latest' },
    { description: 'One task', command: 'provisioning workflow logs @latest web-1' },
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
}

function noTask(task: string, known: readonly TaskDocument[]): Failure {
  const ids = known.map(({ id }) => id);
  const hint = didYouMean(task, ids) ?? `It has ${ids.slice(0, 5).join(', ')}.`;
  return failure('not_found', `this run has no task ${JSON.stringify(task.slice(0, 80))}`, { hint });
}
