import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as Args from '@oclif/core/args';
import { err, ok } from '../src/domain/result.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

const FILES = { bash: 'bash', zsh: 'zsh', fish: 'fish', nushell: 'nu' } as const;

const SHELL = {
  shell: Args.string({
    required: true,
    ignoreStdin: true,
    options: Object.keys(FILES),
    description: 'bash, zsh, fish or nushell',
  }),
};

export default class Completion extends ProvisioningCommand {
  static override args = SHELL;
  static override examples = [
    { description: 'In this bash', command: 'provisioning completion bash' },
    { description: 'In every new fish', command: 'provisioning completion fish' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const templates = await services.value.templatesFolder();
    if (!templates.ok) return err([templates.error]);
    const shell = this.argsOf(SHELL).shell as keyof typeof FILES;
    const script = await readFile(join(templates.value, 'completion', `provisioning.${FILES[shell]}`), 'utf8');
    return ok({ json: () => ({ shell, script }), text: () => script, quiet: () => script });
  }
}
