import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../../src/domain/json.ts';
import { CREATE_FLAGS, CreateCommand, given } from '../create-command.ts';

const SERVER_FLAGS = {
  provider: Flags.string({ description: 'what makes the servers', helpValue: 'NAME' }),
  plan: Flags.string({ description: 'size, in the words of the provider', helpValue: 'PLAN' }),
  zone: Flags.string({ description: 'place, in the words of the provider', helpValue: 'ZONE' }),
};

export default class ServerCreate extends CreateCommand {
  static override flags = { ...CREATE_FLAGS, ...SERVER_FLAGS };
  static override examples = [
    { description: 'Every server of an infra', command: 'provisioning server create --infra wuji' },
    { description: 'One of them', command: 'provisioning server create wuji-1 --infra wuji' },
    { description: 'Where would it run, and why?', command: 'provisioning server create --infra wuji --explain-mode' },
  ];
  protected override readonly noun = 'server';

  protected override params(): JsonRecord {
    const { plan, zone } = this.flagsOf(SERVER_FLAGS);
    return { ...super.params(), ...given({ plan, zone }) };
  }

  protected override provider(): string | undefined {
    return this.flagsOf(SERVER_FLAGS).provider;
  }
}
