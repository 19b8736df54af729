import { ListCommand } from '../list-command.ts';

export default class TaskservList extends ListCommand {
  static override examples = [
    { description: 'All infras of the workspace', command: 'provisioning taskserv list' },
    { description: 'One infra, as data', command: 'provisioning taskserv list --infra wuji --json' },
  ];
  protected override readonly noun = 'taskserv';
}
