import type { CommandRequest } from '../src/workflow/request.ts';
import type { ResourceKind } from '../src/domain/resource.ts';
import type { JsonRecord } from '../src/domain/json.ts';
import type { Services } from '../src/dispatch/services.ts';
import { WorkCommand } from './work-command.ts';
import type { Defined } from './work-command.ts';
import { WORK_FLAGS } from './common-flags.ts';
import { nounAndVerb } from './entry.ts';

/** Verbs of the kind `server create`, `app remove`: their workflow follows from names, infra file and inventory. */
export abstract class ResourceWork extends WorkCommand {
  protected abstract readonly noun: ResourceKind;

  protected abstract names(): { readonly names: readonly string[]; readonly all: boolean };

  /** What flags say about the resources. */
  protected params(): JsonRecord {
    return {};
  }

  protected provider(): string | undefined {
    return undefined;
  }

  protected verb(): CommandRequest['verb'] {
    return nounAndVerb(this.context.entry).verb as CommandRequest['verb'];
  }

  /** What flags say about how it goes over many servers. */
  protected spread(): CommandRequest['spread'] {
    return undefined;
  }

  protected override async define(services: Services): Defined {
    const { defineResources } = await import('../src/dispatch/define.ts');
    return defineResources(services, {
      noun: this.noun,
      verb: this.verb(),
      infra: this.flags.infra ?? 'default',
      params: this.params(),
      provider: this.provider(),
      spread: this.spread(),
      priority: this.flagsOf(WORK_FLAGS).priority,
      ...this.names(),
    });
  }
}
