import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../../src/domain/json.ts';
import { CREATE_FLAGS, CreateCommand, given } from '../create-command.ts';
import { REQUIRED_NAMES } from '../names.ts';

const APP_FLAGS = {
  cluster: Flags.string({ description: 'where to deploy', helpValue: 'NAME' }),
  image: Flags.string({ description: 'container image', helpValue: 'IMAGE' }),
  replicas: Flags.integer({ min: 0, description: 'how many copies', helpValue: 'N' }),
  port: Flags.integer({ min: 1, max: 65_535, description: 'where it listens', helpValue: 'PORT' }),
};

export default class AppDeploy extends CreateCommand {
  static override flags = { ...CREATE_FLAGS, ...APP_FLAGS };
  static override args = REQUIRED_NAMES;
  static override examples = [
    { description: 'On the only cluster', command: 'provisioning app deploy shop' },
    {
      description: 'Three copies on one of several',
      command: 'provisioning app deploy shop --cluster k1 --replicas 3',
    },
  ];
  protected override readonly noun = 'app';

  protected override params(): JsonRecord {
    const { cluster, image, replicas, port } = this.flagsOf(APP_FLAGS);
    return { ...super.params(), ...given({ cluster, image, replicas, port }) };
  }
}
