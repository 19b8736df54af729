import { ShowCommand } from '../show-command.ts';

export default class ServerShow extends ShowCommand {
  static override examples = [
    { description: 'All that is known of it', command: 'provisioning server show wuji-1 --infra wuji' },
  ];
  protected override readonly noun = 'server';
}
