import { resumeStore } from '../../src/dispatch/resume-store.ts';
import { ok } from '../../src/domain/result.ts';
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
    const resumed = await resumeStore(services.value);
    if (!resumed.ok) return resumed;
    const wasHeld = resumed.value;
    return ok({ json: () => ({ was_held: wasHeld }), text: () => resumedText(wasHeld), quiet: () => '' });
  }
}
