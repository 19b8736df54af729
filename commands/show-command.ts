import type { Services } from '../src/dispatch/services.ts';
import type { ResourceDocument } from '../src/api/documents.ts';
import { failure } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import type { ResourceKind } from '../src/domain/resource.ts';
import { err, ok } from '../src/domain/result.ts';
import { didYouMean } from '../src/domain/suggest.ts';
import { resourceText } from '../src/presentation/lists.ts';
import { lines } from './answer.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';
import { REQUIRED_NAMES } from './names.ts';

/** `server|taskserv|cluster|app show NAME…`: everything that is known, in the order of the names. */
export abstract class ShowCommand extends ProvisioningCommand {
  static override args = REQUIRED_NAMES;
  protected abstract readonly noun: ResourceKind;

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { infra } = this.flags;
    const workspace = services.value.configuration.workspace.root;
    const reads = await services.value.reads();
    const all = await reads.resources({ workspace, kind: this.noun, infra });
    if (!all.ok) return err([all.error]);
    const { names = [] } = this.argsOf(REQUIRED_NAMES);
    const found = names.map((name) => all.value.filter((resource) => resource.name === name));
    const missing = names.filter((_, index) => found[index]?.length === 0);
    if (missing.length > 0) return err(missing.map((name) => this.#missing(name, all.value)));
    return this.answer(services.value, found.flat());
  }

  protected async answer(_services: Services, resources: readonly ResourceDocument[]): Promise<Outcome> {
    return ok({
      json: () => resources,
      text: (style) => resources.map((resource) => resourceText(resource, style)).join('\n'),
      quiet: () => lines(resources.map(({ name }) => name)),
    });
  }

  #missing(name: string, known: readonly ResourceDocument[]): Failure {
    const where = this.flags.infra === undefined ? 'this workspace' : `infra ${JSON.stringify(this.flags.infra)}`;
    const candidates = known.map((resource) => resource.name);
    const hint = didYouMean(name, candidates) ?? `See: provisioning ${this.noun} list.`;
    return failure('not_found', `${where} has no ${this.noun} ${JSON.stringify(name.slice(0, 80))}`, { hint });
  }
}
