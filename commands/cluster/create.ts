import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../../src/domain/json.ts';
import { WORK_FLAGS } from '../common-flags.ts';
import { CreateCommand, given } from '../create-command.ts';

const CLUSTER_FLAGS = {
  servers: Flags.string({ multiple: true, delimiter: ',', description: 'its servers', helpValue: 'NAME,…' }),
  taskservs: Flags.string({
    multiple: true,
    delimiter: ',',
    description: 'what is installed on them',
    helpValue: 'NAME,…',
  }),
};

export default class ClusterCreate extends CreateCommand {
  static override flags = { ...WORK_FLAGS, ...CLUSTER_FLAGS };
  static override examples = [
    { description: 'Every cluster of an infra', command: 'provisioning cluster create --infra wuji' },
    { description: 'One of them', command: 'provisioning cluster create k1 --infra wuji' },
    { description: 'Where would it run, and why?', command: 'provisioning cluster create --infra wuji --explain-mode' },
  ];
  protected override readonly noun = 'cluster';

  protected override params(): JsonRecord {
    const { servers, taskservs } = this.flagsOf(CLUSTER_FLAGS);
    return given({ servers, taskservs });
  }
}
