import * as Flags from '@oclif/core/flags';
import type { ResourceDocument } from '../src/api/documents.ts';
import type { Services } from '../src/dispatch/services.ts';
import type { Failure } from '../src/domain/failure.ts';
import type { Result } from '../src/domain/result.ts';
import type { Workflow } from '../src/domain/workflow.ts';
import type { Outcome } from './answer.ts';
import { comparedAnswer } from './compared-answer.ts';
import { ShowCommand } from './show-command.ts';

/** `what` is compared with what the inventory says. */
export const driftFlags = (what: string) => ({
  drift: Flags.boolean({ description: `ask the servers whether ${what} is still as recorded; 7 when not` }),
});

const DRIFT_FLAGS = driftFlags('all');

/** `show NAME…` of what can be compared with what is really there; its flags are `driftFlags`. */
export abstract class DriftCommand extends ShowCommand {
  /** A run that only reads. */
  protected abstract comparison(found: readonly ResourceDocument[]): Promise<Result<Workflow, readonly Failure[]>>;

  protected override async answer(services: Services, found: readonly ResourceDocument[]): Promise<Outcome> {
    if (!this.flagsOf(DRIFT_FLAGS).drift) return super.answer(services, found);
    const { dispatch } = await import('../src/dispatch/dispatch.ts');
    const { quiet, json, 'no-color': colourless } = this.flags;
    const silent = quiet || (json && !this.context.terminal.noteIsTerminal);
    const options = { wait: true, detach: false, key: undefined, quiet, silent, colourless };
    const define = () => this.comparison(found);
    return comparedAnswer(await dispatch(services, { route: this.routeParts(), define, options }));
  }
}
