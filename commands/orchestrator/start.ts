import type { Client } from '../../src/client/client.ts';
import { BringUpCommand } from '../bring-up-command.ts';

export default class OrchestratorStart extends BringUpCommand {
  static override examples = [
    {
      description: 'Returns when it takes work; at once if it runs already',
      command: 'provisioning orchestrator start',
    },
  ];

  protected override bringUp(client: Client): ReturnType<Client['start']> {
    return client.start();
  }
}
