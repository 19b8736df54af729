import type { WorkOptions, WorkRequest } from '../src/dispatch/request.ts';
import type { Services } from '../src/dispatch/services.ts';
import type { Dispatched } from '../src/dispatch/dispatched.ts';
import type { Failure } from '../src/domain/failure.ts';
import { err } from '../src/domain/result.ts';
import type { Result } from '../src/domain/result.ts';
import type { Source } from '../src/domain/submission.ts';
import type { Workflow } from '../src/domain/workflow.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';
import type { Explained } from './command.ts';
import { WORK_FLAGS } from './common-flags.ts';
import { dispatchedAnswer } from './run-answer.ts';

export type Defined = Promise<Result<Workflow, readonly Failure[]>>;

/** Verbs that make a run: what it is to do, then dispatch, then the outcome. */
export abstract class WorkCommand extends ProvisioningCommand {
  static override flags = WORK_FLAGS;

  /** The work as a workflow. Reads files and the inventory. */
  protected abstract define(services: Services): Defined;

  /** Comes before anything is done; failures end the command. */
  protected confirm(_services: Services): Promise<readonly Failure[]> {
    return Promise.resolve([]);
  }

  /** The file that the work is read from, for verbs that read one. */
  protected source(): Source | undefined {
    return undefined;
  }

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const refused = await this.confirm(services.value);
    if (refused.length > 0) return err(refused);
    const { dispatch } = await import('../src/dispatch/dispatch.ts');
    const dispatched = await dispatch(services.value, this.#request(services.value));
    return this.answer(dispatched);
  }

  protected answer(dispatched: Result<Dispatched, readonly Failure[]>): Outcome {
    return dispatchedAnswer(dispatched);
  }

  protected override async explainWith(services: Services): Promise<Explained> {
    const { explainRequest } = await import('../src/dispatch/explain.ts');
    return explainRequest(services, this.#request(services));
  }

  #request(services: Services): WorkRequest {
    return {
      route: this.routeParts(),
      define: () => this.define(services),
      options: this.#options(),
      source: this.source(),
    };
  }

  #options(): WorkOptions {
    const { wait, follow, detach, key } = this.flagsOf(WORK_FLAGS);
    const { quiet, json, 'no-color': colourless } = this.flags;
    const silent = quiet || (json && !this.context.terminal.noteIsTerminal);
    return { wait: wait || follow, detach, key, quiet, silent, colourless };
  }
}
