import { DestroyCommand } from '../destroy-command.ts';

export default class ServerDelete extends DestroyCommand {
  static override examples = [
    { description: 'By name', command: 'provisioning server delete wuji-1 --infra wuji' },
    {
      description: 'All of an infra, without a question',
      command: 'provisioning server delete --all --infra wuji --yes',
    },
  ];
  protected override readonly noun = 'server';
}
