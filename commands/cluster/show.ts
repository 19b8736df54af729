import { ShowCommand } from '../show-command.ts';

export default class ClusterShow extends ShowCommand {
  static override examples = [
    { description: 'All that is known of it', command: 'provisioning cluster show k1 --infra wuji' },
  ];
  protected override readonly noun = 'cluster';
}
