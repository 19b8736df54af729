import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../../src/domain/json.ts';
import { given } from '../create-command.ts';
import { DestroyCommand } from '../destroy-command.ts';

const SERVERS = {
  servers: Flags.string({
    multiple: true,
    delimiter: ',',
    description: 'from which servers; by default all that have it',
    helpValue: 'NAME,…',
  }),
};

export default class TaskservDelete extends DestroyCommand {
  static override flags = { ...DestroyCommand.flags, ...SERVERS };
  static override examples = [
    { description: 'By name', command: 'provisioning taskserv delete kubernetes --infra wuji' },
    { description: 'From one server only', command: 'provisioning taskserv delete nginx --servers web-2 --infra wuji' },
    {
      description: 'All of an infra, without a question',
      command: 'provisioning taskserv delete --all --infra wuji --yes',
    },
  ];
  protected override readonly noun = 'taskserv';

  protected override params(): JsonRecord {
    const { servers } = this.flagsOf(SERVERS);
    return given({ servers });
  }

  protected override whence(): readonly string[] {
    return this.flagsOf(SERVERS).servers ?? [];
  }
}
