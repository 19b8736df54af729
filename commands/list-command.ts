import type { ResourceKind } from '../src/domain/resource.ts';
import { ok } from '../src/domain/result.ts';
import { err } from '../src/domain/result.ts';
import { resourcesText } from '../src/presentation/lists.ts';
import { lines } from './answer.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

/** `server|taskserv|cluster|app list`: all infras of the workspace, or one. */
export abstract class ListCommand extends ProvisioningCommand {
  protected abstract readonly noun: ResourceKind;

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { configuration } = services.value;
    const reads = await services.value.reads();
    const found = await reads.resources({
      workspace: configuration.workspace.root,
      kind: this.noun,
      infra: this.flags.infra,
    });
    if (!found.ok) return err([found.error]);
    const resources = found.value;
    return ok({
      json: () => resources,
      text: (style) => resourcesText(resources, this.noun, style),
      quiet: () => lines(resources.map(({ name }) => name)),
    });
  }
}
