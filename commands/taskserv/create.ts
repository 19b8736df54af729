import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../../src/domain/json.ts';
import { CREATE_FLAGS, CreateCommand, given } from '../create-command.ts';

const TASKSERV_FLAGS = {
  servers: Flags.string({ multiple: true, delimiter: ',', description: 'where to install', helpValue: 'NAME,…' }),
};

export default class TaskservCreate extends CreateCommand {
  static override flags = { ...CREATE_FLAGS, ...TASKSERV_FLAGS };
  static override examples = [
    { description: 'Every taskserv of an infra', command: 'provisioning taskserv create --infra wuji' },
    { description: 'One of them', command: 'provisioning taskserv create kubernetes --infra wuji' },
    {
      description: 'Where would it run, and why?',
      command: 'provisioning taskserv create --infra wuji --explain-mode',
    },
  ];
  protected override readonly noun = 'taskserv';

  protected override params(): JsonRecord {
    return { ...super.params(), ...given({ servers: this.flagsOf(TASKSERV_FLAGS).servers }) };
  }
}
