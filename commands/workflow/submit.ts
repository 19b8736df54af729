import { FileCommand } from '../file-command.ts';
import type { RouteParts } from '../../src/dispatch/request.ts';

export default class WorkflowSubmit extends FileCommand {
  static override examples = [
    { description: 'Hand it over and go on', command: 'provisioning workflow submit deployment.ncl' },
    { description: 'Wait for the outcome', command: 'provisioning batch submit deployment.ncl --wait' },
  ];

  protected override routeParts(): RouteParts {
    return { ...super.routeParts(), orchestrator: true };
  }
}
