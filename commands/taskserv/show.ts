import * as Flags from '@oclif/core/flags';
import type { ResourceDocument } from '../../src/api/documents.ts';
import type { Services } from '../../src/dispatch/services.ts';
import type { Outcome } from '../answer.ts';
import { comparedAnswer } from '../compared-answer.ts';
import { ShowCommand } from '../show-command.ts';

const DRIFT_FLAGS = {
  drift: Flags.boolean({ description: 'ask the servers whether they are still as they were made; 7 when not' }),
};

export default class TaskservShow extends ShowCommand {
  static override flags = DRIFT_FLAGS;
  static override examples = [
    { description: 'All that is known of it', command: 'provisioning taskserv show kubernetes --infra wuji' },
    { description: 'Has anybody changed it?', command: 'provisioning taskserv show nginx --infra wuji --drift' },
  ];
  protected override readonly noun = 'taskserv';

  protected override async answer(services: Services, found: readonly ResourceDocument[]): Promise<Outcome> {
    if (!this.flagsOf(DRIFT_FLAGS).drift) return super.answer(services, found);
    const [{ dispatch }, { driftWorkflow }] = await Promise.all([
      import('../../src/dispatch/dispatch.ts'),
      import('../../src/workflow/drift.ts'),
    ]);
    const { quiet, json, 'no-color': colourless } = this.flags;
    const silent = quiet || (json && !this.context.terminal.noteIsTerminal);
    const options = { wait: true, detach: false, key: undefined, quiet, silent, colourless };
    const define = () => Promise.resolve(driftWorkflow(found));
    return comparedAnswer(await dispatch(services, { route: this.routeParts(), define, options }));
  }
}
