import { FileCommand } from '../file-command.ts';
import type { RouteParts } from '../../src/dispatch/request.ts';

export default class WorkflowRun extends FileCommand {
  static override examples = [
    { description: 'Here and now, without an orchestrator', command: 'provisioning workflow run deployment.ncl' },
  ];

  protected override routeParts(): RouteParts {
    return { ...super.routeParts(), foreground: true };
  }
}
