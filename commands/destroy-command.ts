import * as Flags from '@oclif/core/flags';
import type { Services } from '../src/dispatch/services.ts';
import { failure } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import { WORK_FLAGS } from './common-flags.ts';
import { NAMES, NAMES_OR_ALL } from './names.ts';
import { ResourceWork } from './resource-work.ts';

const DESTROY_FLAGS = {
  all: Flags.boolean({ description: 'everything of this kind in the infra' }),
  yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
};

/** `server|taskserv|cluster delete`, `app remove`: wants names or `--all`, and a yes. */
export abstract class DestroyCommand extends ResourceWork {
  static override flags = { ...WORK_FLAGS, ...DESTROY_FLAGS };
  static override args = NAMES_OR_ALL;

  protected override names(): { readonly names: readonly string[]; readonly all: boolean } {
    return { names: this.argsOf(NAMES).names ?? [], all: this.flagsOf(DESTROY_FLAGS).all };
  }

  /** Servers, where it is not taken off all that have it. */
  protected whence(): readonly string[] {
    return [];
  }

  /** The names are shown as they will be used, so the request is evaluated before the question. */
  protected override async confirm(services: Services): Promise<readonly Failure[]> {
    const defined = await this.define(services);
    if (!defined.ok) return defined.error;
    if (this.flagsOf(DESTROY_FLAGS).yes) return [];
    const { name } = this.context.entry;
    const names = defined.value.operations.flatMap(({ params: { name: resource } }) =>
      typeof resource === 'string' ? [resource] : [],
    );
    const { terminal } = this.context;
    if (!terminal.isInteractive) {
      const hint = `Say --yes to ${name.split(' ')[1] ?? ''} ${names.slice(0, 5).join(', ')}.`;
      return [failure('usage', `"${name}" destroys, and there is no terminal to ask on`, { hint })];
    }
    const { destroyQuestion } = await import('../src/presentation/questions.ts');
    const asked = { command: name, infra: defined.value.infra, names, from: this.whence() };
    const answer = await terminal.ask(destroyQuestion(asked));
    if (/^y(es)?$/i.test(answer?.trim() ?? '')) return [];
    return [failure('cancelled', 'Nothing was done.')];
  }
}
