import type { CallFailure } from '../src/client/call-failure.ts';
import type { Client } from '../src/client/client.ts';
import type { Health } from '../src/api/responses.ts';
import type { RouteParts } from '../src/dispatch/request.ts';
import { err, ok } from '../src/domain/result.ts';
import type { Result } from '../src/domain/result.ts';
import { startedText } from '../src/presentation/orchestrator.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

/** Verbs after which an orchestrator runs: they are refused where none may, and say which one it is. */
export abstract class BringUpCommand extends ProvisioningCommand {
  /** Resolves when it takes work. */
  protected abstract bringUp(client: Client): Promise<Result<Health, CallFailure>>;

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { decide } = await import('../src/dispatch/decide.ts');
    const decided = await decide(services.value, { route: this.routeParts() });
    if (!decided.ok) return decided;
    if (decided.value.decision.refused !== undefined) return err([decided.value.decision.refused]);
    const client = await services.value.client();
    if (!client.ok) return err([client.error]);
    const started = await this.bringUp(client.value);
    if (!started.ok) return err([started.error, ...started.error.others]);
    const { pid, instance_id, version } = started.value;
    return ok({
      json: () => ({ running: true, pid, instance_id, version }),
      text: () => startedText(started.value),
      quiet: () => `${pid}\n`,
    });
  }

  protected override routeParts(): RouteParts {
    return { ...super.routeParts(), orchestrator: true };
  }
}
