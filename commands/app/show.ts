import { ShowCommand } from '../show-command.ts';

export default class AppShow extends ShowCommand {
  static override examples = [{ description: 'All that is known of it', command: 'provisioning app show shop' }];
  protected override readonly noun = 'app';
}
