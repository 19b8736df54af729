import { ListCommand } from '../list-command.ts';

export default class ServerList extends ListCommand {
  static override examples = [
    { description: 'All infras of the workspace', command: 'provisioning server list' },
    { description: 'One infra, as data', command: 'provisioning server list --infra wuji --json' },
  ];
  protected override readonly noun = 'server';
}
