import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { RunDocument, TaskDocument } from '../../src/api/documents.ts';
import type { Part } from '../../src/dispatch/output.ts';
import type { Services } from '../../src/dispatch/services.ts';
import { exitCodeOf } from '../../src/domain/failure.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { findTask } from '../../src/domain/find-task.ts';
import { momentOf } from '../../src/domain/moment.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { Result } from '../../src/domain/result.ts';
import type { Reads } from '../../src/ports/reads.ts';
import { manyLines } from '../../src/presentation/escape.ts';
import { labelledLines } from '../../src/presentation/log-lines.ts';
import { notice, unattendedText } from '../../src/presentation/notice.ts';
import { attemptText, taskOutput } from '../../src/presentation/output.ts';
import type { TaskOutput } from '../../src/presentation/output.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const LOGS = {
  ...RUN,
  task: Args.string({
    ignoreStdin: true,
    description: "a task's id in the workflow, or a unique prefix of it; without it, all tasks",
  }),
};

const LOGS_FLAGS = {
  follow: Flags.boolean({
    char: 'f',
    default: false,
    exclusive: ['json', 'json-into', 'quiet'],
    description: 'go on with what is printed, until it has ended',
  }),
  since: Flags.string({
    helpValue: 'TIME|DURATION',
    description: 'only what was printed since: 10m, 2026-11-23T15:04Z',
  }),
  tail: Flags.integer({ min: 0, helpValue: 'N', description: 'only the last N lines of each task' }),
};

export default class WorkflowLogs extends ProvisioningCommand {
  static override args = LOGS;
  static override flags = LOGS_FLAGS;
  static override examples = [
    { description: 'What every task of the newest run printed', command: 'provisioning workflow logs @latest' },
    { description: 'One task', command: 'provisioning workflow logs @latest web-1' },
    { description: 'All of them, as it is printed', command: 'provisioning workflow logs @latest --follow --tail 10' },
    { description: 'The last ten minutes', command: 'provisioning workflow logs @latest web-1 --since 10m' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { follow, since, tail } = this.flagsOf(LOGS_FLAGS);
    const moment = since === undefined ? ok(undefined) : momentOf(since, Date.now());
    if (!moment.ok) return err([moment.error]);
    const part = { since: moment.value, tail };
    const reads = await services.value.reads();
    const { id, task } = this.argsOf(LOGS);
    const run = await reads.run(id);
    if (!run.ok) return err([run.error]);
    const asked = task === undefined ? ok(undefined) : taskNamed(task, run.value.tasks);
    if (!asked.ok) return err([asked.error]);
    if (follow) return this.#follow(services.value, { run: run.value, part, task: asked.value });
    const tasks = asked.value === undefined ? run.value.tasks : [asked.value];
    return this.#print(reads, tasks, { part, isOneOfMany: task === undefined });
  }

  async #print(reads: Reads, tasks: readonly TaskDocument[], { part, isOneOfMany }: Printing): Promise<Outcome> {
    const { readOutput } = await import('../../src/dispatch/output.ts');
    const outputs: (TaskOutput & { readonly task_id: string; readonly truncated: boolean })[] = [];
    for (const { task_id, id, attempts: attempt } of tasks.filter(({ attempts }) => attempts > 0)) {
      const read = await readOutput(reads, task_id, part);
      if (!read.ok) return err([read.error]);
      const { text: output, truncated } = read.value;
      outputs.push({ task_id, id, attempt, output, truncated });
    }
    return ok({
      json: () => outputs,
      text: (style) => outputs.map((output) => taskOutput(output, isOneOfMany, style)).join(''),
      quiet: () => lines(outputs.map(({ task_id }) => task_id)),
    });
  }

  async #follow(services: Services, followed: Followed): Promise<Outcome> {
    const { terminal } = this.context;
    const left = new AbortController();
    const off = terminal.onInterrupt(() => {
      left.abort();
    });
    if (!followed.run.attended) terminal.note(notice(unattendedText(followed.run)));
    const { run, task, part } = followed;
    const ended =
      task === undefined
        ? await this.#all(services, { run, part }, left.signal)
        : await this.#one(services, { task, part }, left.signal);
    off();
    if (!ended.ok) return err([ended.error]);
    const exit = left.signal.aborted ? exitCodeOf('interrupted') : 0;
    return ok({ exit, json: () => [], text: () => '', quiet: () => '' });
  }

  async #one(services: Services, { task, part }: OneTask, signal: AbortSignal): Promise<Result<unknown, Failure>> {
    const { terminal } = this.context;
    const { followOutput } = await import('../../src/dispatch/follow-output.ts');
    const [reads, changes] = await Promise.all([services.reads(), services.changes()]);
    return followOutput({ reads, changes }, task.task_id, {
      onText: (text) => {
        terminal.out(manyLines(text));
      },
      onAttempt: (attempt) => {
        terminal.note(notice(attemptText(task.id, attempt)));
      },
      signal,
      part,
    });
  }

  async #all(services: Services, { run, part }: AllTasks, signal: AbortSignal): Promise<Result<unknown, Failure>> {
    const { terminal } = this.context;
    const { followAll } = await import('../../src/dispatch/follow-all.ts');
    const [reads, changes] = await Promise.all([services.reads(), services.changes()]);
    const style = terminal.style('out', this.flags['no-color']);
    const labelled = labelledLines(
      run.tasks.map(({ id }) => id),
      style,
    );
    return followAll({ reads, changes }, run.workflow_id, {
      onText: ({ id }, text) => {
        terminal.out(labelled.take(id, text));
      },
      onEnd: ({ id }) => {
        terminal.out(labelled.end(id));
      },
      onAttempt: ({ id }, attempt) => {
        terminal.out(labelled.end(id));
        terminal.note(notice(attemptText(id, attempt)));
      },
      signal,
      part,
    });
  }
}

interface Printing {
  readonly part: Part;
  readonly isOneOfMany: boolean;
}

interface OneTask {
  readonly task: TaskDocument;
  readonly part: Part;
}

interface AllTasks {
  readonly run: RunDocument;
  readonly part: Part;
}

interface Followed extends AllTasks {
  /** Without it, all of them. */
  readonly task?: TaskDocument | undefined;
}

/** By its id, by a unique beginning of its id in the workflow, or by its `task_id`. */
function taskNamed(said: string, tasks: readonly TaskDocument[]): Result<TaskDocument | undefined, Failure> {
  const byTaskId = tasks.find(({ task_id }) => task_id === said);
  if (byTaskId !== undefined) return ok(byTaskId);
  const ids = tasks.map(({ id }) => id);
  const found = findTask(ids, said, 'this run');
  return found.ok ? ok(tasks[found.value]) : found;
}
