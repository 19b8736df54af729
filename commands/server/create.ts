import { resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../../src/domain/json.ts';
import { WORK_FLAGS } from '../common-flags.ts';
import { CreateCommand, given } from '../create-command.ts';

const SERVER_FLAGS = {
  provider: Flags.string({ description: 'what makes the servers', helpValue: 'NAME' }),
  plan: Flags.string({ description: 'size, in the words of the provider', helpValue: 'PLAN' }),
  zone: Flags.string({ description: 'place, in the words of the provider', helpValue: 'ZONE' }),
  address: Flags.string({ description: 'ssh: where it answers', helpValue: 'HOST' }),
  port: Flags.integer({ min: 1, max: 65_535, description: 'ssh: its port (22)', helpValue: 'PORT' }),
  user: Flags.string({ description: 'ssh: who to log in as', helpValue: 'USER' }),
  identity: Flags.string({ description: 'ssh: a key file, env:NAME or command:ARGV', helpValue: 'KEY' }),
  jump: Flags.string({ description: 'ssh: the host in between', helpValue: '[USER@]HOST[:PORT]' }),
  'host-key': Flags.string({ description: 'ssh: the fingerprint that it must show', helpValue: 'SHA256:…' }),
  'ssh-config': Flags.string({ description: 'ssh: a configuration file of OpenSSH', helpValue: 'FILE' }),
  'connect-timeout': Flags.integer({ min: 1, max: 3600, description: 'ssh: how long to wait for it', helpValue: 'S' }),
};

/** A path on the command line begins where the command runs; references and what is below a home stay as they are. */
const fromHere = (path: string | undefined): string | undefined =>
  path === undefined || /^(?:~|(?:env|file|command):)/.test(path) ? path : resolve(path);

export default class ServerCreate extends CreateCommand {
  static override flags = { ...WORK_FLAGS, ...SERVER_FLAGS };
  static override examples = [
    { description: 'Every server of an infra', command: 'provisioning server create --infra wuji' },
    { description: 'One of them', command: 'provisioning server create wuji-1 --infra wuji' },
    {
      description: 'A host that is there already',
      command: 'provisioning server create web-1 --provider ssh --address 10.0.0.7 --user root',
    },
    { description: 'Where would it run, and why?', command: 'provisioning server create --infra wuji --explain-mode' },
  ];
  protected override readonly noun = 'server';

  protected override params(): JsonRecord {
    const { plan, zone, address, port, user, jump, ...other } = this.flagsOf(SERVER_FLAGS);
    const { identity, 'host-key': host_key, 'ssh-config': config, 'connect-timeout': connect_timeout } = other;
    const own = given({ plan, zone, address, port, user, jump, host_key, connect_timeout });
    const files = given({ identity: fromHere(identity), ssh_config: fromHere(config) });
    return { ...own, ...files };
  }

  protected override provider(): string | undefined {
    return this.flagsOf(SERVER_FLAGS).provider;
  }
}
