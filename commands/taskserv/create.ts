import * as Flags from '@oclif/core/flags';
import type { Dispatched } from '../../src/dispatch/dispatched.ts';
import type { RouteParts } from '../../src/dispatch/request.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { JsonRecord } from '../../src/domain/json.ts';
import type { Result } from '../../src/domain/result.ts';
import type { Spread } from '../../src/domain/workflow.ts';
import type { Outcome } from '../answer.ts';
import { comparedAnswer } from '../compared-answer.ts';
import { WORK_FLAGS } from '../common-flags.ts';
import { CreateCommand, given } from '../create-command.ts';
import { SPREAD_FLAGS, spreadOf } from '../spread-flags.ts';

const TASKSERV_FLAGS = {
  servers: Flags.string({ multiple: true, delimiter: ',', description: 'where to install', helpValue: 'NAME,…' }),
  ...SPREAD_FLAGS,
  check: Flags.boolean({ description: 'say what would be changed, and change nothing; 7 when something would' }),
  diff: Flags.boolean({ description: 'with --check: show how files would change', dependsOn: ['check'] }),
};

export default class TaskservCreate extends CreateCommand {
  static override flags = { ...WORK_FLAGS, ...TASKSERV_FLAGS };
  static override examples = [
    { description: 'Every taskserv of an infra', command: 'provisioning taskserv create --infra wuji' },
    { description: 'One of them', command: 'provisioning taskserv create kubernetes --infra wuji' },
    {
      description: 'What would it change?',
      command: 'provisioning taskserv create nginx --infra wuji --check --diff',
    },
    {
      description: 'One server first, then two, then the others half by half',
      command: 'provisioning taskserv create nginx --infra wuji --waves 1,2,50%',
    },
    {
      description: 'Where would it run, and why?',
      command: 'provisioning taskserv create --infra wuji --explain-mode',
    },
  ];
  protected override readonly noun = 'taskserv';

  protected override params(): JsonRecord {
    const { servers, check, diff } = this.flagsOf(TASKSERV_FLAGS);
    return { ...(check ? { diff: diff === true } : {}), ...given({ servers }) };
  }

  protected override spread(): Spread {
    return spreadOf(this.flagsOf(TASKSERV_FLAGS));
  }

  protected override verb(): 'check' | 'create' {
    return this.flagsOf(TASKSERV_FLAGS).check ? 'check' : 'create';
  }

  /** Looking is done right here. */
  protected override routeParts(): RouteParts {
    return this.flagsOf(TASKSERV_FLAGS).check ? { ...super.routeParts(), foreground: true } : super.routeParts();
  }

  protected override answer(dispatched: Result<Dispatched, readonly Failure[]>): Outcome {
    return this.flagsOf(TASKSERV_FLAGS).check ? comparedAnswer(dispatched) : super.answer(dispatched);
  }
}
