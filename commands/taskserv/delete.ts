import { DestroyCommand } from '../destroy-command.ts';

export default class TaskservDelete extends DestroyCommand {
  static override examples = [
    { description: 'By name', command: 'provisioning taskserv delete kubernetes --infra wuji' },
    {
      description: 'All of an infra, without a question',
      command: 'provisioning taskserv delete --all --infra wuji --yes',
    },
  ];
  protected override readonly noun = 'taskserv';
}
