import { ListCommand } from '../list-command.ts';

export default class ClusterList extends ListCommand {
  static override examples = [
    { description: 'All infras of the workspace', command: 'provisioning cluster list' },
    { description: 'One infra, as data', command: 'provisioning cluster list --infra wuji --json' },
  ];
  protected override readonly noun = 'cluster';
}
