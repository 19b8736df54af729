import type { ResourceDocument } from '../../src/api/documents.ts';
import { DriftCommand, driftFlags } from '../drift-command.ts';

export default class ServerShow extends DriftCommand {
  static override flags = driftFlags('what they are (address, system …; not what is installed on them)');
  static override examples = [
    { description: 'All that is known of it', command: 'provisioning server show wuji-1 --infra wuji' },
    { description: 'Is it still what it was?', command: 'provisioning server show wuji-1 --infra wuji --drift' },
  ];
  protected override readonly noun = 'server';

  protected override async comparison(found: readonly ResourceDocument[]) {
    const { serverDriftWorkflow } = await import('../../src/workflow/drift.ts');
    return serverDriftWorkflow(found);
  }
}
