import { ListCommand } from '../list-command.ts';

export default class AppList extends ListCommand {
  static override examples = [
    { description: 'All infras of the workspace', command: 'provisioning app list' },
    { description: 'Names only', command: 'provisioning app list --quiet' },
  ];
  protected override readonly noun = 'app';
}
