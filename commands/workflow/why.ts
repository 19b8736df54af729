import * as Args from '@oclif/core/args';
import { heldTrouble } from '../../src/api/restored.ts';
import type { Services } from '../../src/dispatch/services.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import { notice } from '../../src/presentation/notice.ts';
import { err, ok } from '../../src/domain/result.ts';
import { whyJson, whyText } from '../../src/presentation/why.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { RUN } from '../run-argument.ts';

const WHY = {
  ...RUN,
  task: Args.string({
    ignoreStdin: true,
    description: "a task's id in the workflow, or a unique prefix of it; without it, the whole run",
  }),
};

export default class WorkflowWhy extends ProvisioningCommand {
  static override args = WHY;
  static override examples = [
    { description: 'What the newest run waits for', command: 'provisioning workflow why @latest' },
    { description: 'Why one task does not start, or how it ended', command: 'provisioning workflow why @latest web-1' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { id, task } = this.argsOf(WHY);
    const found = await (await services.value.reads()).why(id, task);
    if (!found.ok) return err([found.error]);
    if (!isOutcome(found.value.status)) await this.#noteHeld(services.value);
    return ok({
      json: () => whyJson(found.value),
      text: (style) => whyText(found.value, style),
      quiet: () => lines(found.value.blockers.map(({ status }) => status)),
    });
  }

  /** What holds back everything is no link of a run's own chain. */
  async #noteHeld(services: Services): Promise<void> {
    const client = await services.client();
    const restored = client.ok && client.value.kind === 'local' ? (await services.storeState()).restored() : undefined;
    if (restored !== undefined) services.terminal.note(notice(heldTrouble(restored)));
  }
}
