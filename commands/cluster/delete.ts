import { DestroyCommand } from '../destroy-command.ts';

export default class ClusterDelete extends DestroyCommand {
  static override examples = [
    { description: 'By name', command: 'provisioning cluster delete k1 --infra wuji' },
    {
      description: 'All of an infra, without a question',
      command: 'provisioning cluster delete --all --infra wuji --yes',
    },
  ];
  protected override readonly noun = 'cluster';
}
