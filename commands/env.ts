import { ok } from '../src/domain/result.ts';
import { pairsText } from '../src/presentation/pairs.ts';
import { lines } from './answer.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

export default class Env extends ProvisioningCommand {
  static override examples = [
    { description: 'Folders, files and versions that this program uses here', command: 'provisioning env' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { configuration, paths } = services.value;
    const { workspace, environment, documents } = configuration;
    const facts = {
      version: this.context.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      workspace: workspace.root,
      workspace_declared: workspace.declared,
      data_dir: paths.dataDir,
      cache_dir: environment.cacheDir,
      ci: environment.ci,
      documents: documents.map(({ file }) => file),
    };
    return ok({
      json: () => facts,
      text: (style) => pairsText(facts, style),
      quiet: () => lines([facts.data_dir]),
    });
  }
}
