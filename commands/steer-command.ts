import type { Steering } from '../src/client/client.ts';
import { ok } from '../src/domain/result.ts';
import { steeredText } from '../src/presentation/notice.ts';
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
    const steered = await steerRun(services.value, id, how, options.start);
    if (!steered.ok) return steered;
    const { workflow_id, status } = steered.value;
    if (options.wait === true) return this.watch(workflow_id);
    return ok({
      json: () => steered.value,
      text: () => steeredText(workflow_id, status),
      quiet: () => `${workflow_id}\n`,
    });
  }

  /** Waits with live progress; the exit code is the run's. */
  protected async watch(id: string): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { watch } = await import('../src/dispatch/orchestrated.ts');
    const { quiet: silent, 'no-color': colourless } = this.flags;
    return dispatchedAnswer(await watch(services.value, id, { silent, colourless }));
  }
}
