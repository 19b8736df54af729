import { DestroyCommand } from '../destroy-command.ts';

export default class AppRemove extends DestroyCommand {
  static override examples = [
    { description: 'By name', command: 'provisioning app remove shop' },
    { description: 'All of an infra, without a question', command: 'provisioning app remove --all --infra wuji --yes' },
  ];
  protected override readonly noun = 'app';
}
