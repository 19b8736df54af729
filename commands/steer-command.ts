import type { Steering } from '../src/client/client.ts';
import type { Services } from '../src/dispatch/services.ts';
import { ok } from '../src/domain/result.ts';
import { notice, steeredText } from '../src/presentation/notice.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';
import { dispatchedAnswer } from './run-answer.ts';

/** What verbs that steer a run share: ask for it, say what came of it, and wait for the end where that is wanted. */
export abstract class SteerCommand extends ProvisioningCommand {
  /** `start`: an orchestrator is started for it if none runs. */
  protected async steer(id: string, how: Steering, options: { start: boolean; wait?: boolean }): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { steerRun } = await import('../src/dispatch/steer.ts');
    const after = options.wait === true ? await this.#lastEvent(services.value, id) : 0;
    const steered = await steerRun(services.value, id, how, options.start);
    if (!steered.ok) return steered;
    const { workflow_id, already } = steered.value;
    if (options.wait === true) {
      if (already === true && !this.flags.quiet) this.context.terminal.note(notice(steeredText(steered.value)));
      return this.watch(workflow_id, after);
    }
    return ok({
      json: () => steered.value,
      text: () => steeredText(steered.value),
      quiet: () => `${workflow_id}\n`,
    });
  }

  /** Waits with live progress; the exit code is the run's. What happened up to the event `after` is no news. */
  protected async watch(id: string, after = 0): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { watch } = await import('../src/dispatch/watch.ts');
    const { quiet, json, 'no-color': colourless } = this.flags;
    const silent = quiet || (json && !this.context.terminal.noteIsTerminal);
    return dispatchedAnswer(await watch(services.value, { id, after, silent, colourless }));
  }

  /** A run that is continued has a history, which its reader knows. */
  async #lastEvent(services: Services, id: string): Promise<number> {
    const events = await (await services.reads()).events(id, 0);
    return events.ok ? (events.value.at(-1)?.seq ?? 0) : 0;
  }
}
