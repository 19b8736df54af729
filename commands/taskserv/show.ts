import { ShowCommand } from '../show-command.ts';

export default class TaskservShow extends ShowCommand {
  static override examples = [
    { description: 'All that is known of it', command: 'provisioning taskserv show kubernetes --infra wuji' },
  ];
  protected override readonly noun = 'taskserv';
}
