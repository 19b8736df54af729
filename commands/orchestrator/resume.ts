import { elsewhere } from '../../src/dispatch/elsewhere.ts';
import { failure } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import { resumedText } from '../../src/presentation/orchestrator.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

/** The answer of a person to a store that was restored from a backup. Asking again changes nothing. */
export default class OrchestratorResume extends ProvisioningCommand {
  static override examples = [
    {
      description: 'After a damaged store was restored, and you have looked what is unknown or queued',
      command: 'provisioning orchestrator resume',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const client = await services.value.client();
    if (!client.ok) return err([client.error]);
    if (client.value.kind === 'remote') return err([elsewhere('resume')]);
    const state = await services.value.storeState();
    const restored = state.restored();
    if (restored?.done === false) return err([UNFINISHED]);
    if (restored !== undefined) {
      state.lift(restored);
      await client.value.lookAgain();
    }
    const was = restored !== undefined;
    return ok({ json: () => ({ was_held: was }), text: () => resumedText(was), quiet: () => '' });
  }
}

const UNFINISHED = failure('try_later', 'the store is still being restored', {
  hint: 'First: provisioning orchestrator start',
});
