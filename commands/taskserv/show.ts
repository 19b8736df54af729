import type { ResourceDocument } from '../../src/api/documents.ts';
import { DriftCommand, driftFlags } from '../drift-command.ts';

export default class TaskservShow extends DriftCommand {
  static override flags = driftFlags('what it installed (packages, files, services)');
  static override examples = [
    { description: 'All that is known of it', command: 'provisioning taskserv show kubernetes --infra wuji' },
    { description: 'Has anybody changed it?', command: 'provisioning taskserv show nginx --infra wuji --drift' },
  ];
  protected override readonly noun = 'taskserv';

  protected override async comparison(found: readonly ResourceDocument[]) {
    const { driftWorkflow } = await import('../../src/workflow/drift.ts');
    return driftWorkflow(found);
  }
}
