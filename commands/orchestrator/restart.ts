import * as Flags from '@oclif/core/flags';
import type { Client } from '../../src/client/client.ts';
import { BringUpCommand } from '../bring-up-command.ts';

const RESTART_FLAGS = { drain: Flags.boolean({ description: 'let what runs and waits end first; takes no new work' }) };

export default class OrchestratorRestart extends BringUpCommand {
  static override flags = RESTART_FLAGS;
  static override examples = [
    {
      description: 'Running tasks live on, and the next one takes them over',
      command: 'provisioning orchestrator restart',
    },
    { description: 'When all work has ended', command: 'provisioning orchestrator restart --drain' },
  ];

  protected override bringUp(client: Client): ReturnType<Client['restart']> {
    return client.restart({ drain: this.flagsOf(RESTART_FLAGS).drain });
  }
}
