import * as Args from '@oclif/core/args';
import { err, ok } from '../src/domain/result.ts';
import type { Outcome } from './answer.ts';
import { lines } from './answer.ts';
import { ProvisioningCommand } from './command.ts';
import { helpText } from './help-text.ts';
import { styleOf } from '../src/presentation/style.ts';

const WORDS = {
  words: Args.string({ multiple: true, ignoreStdin: true, description: 'a command, or its first word' }),
};

export default class Help extends ProvisioningCommand {
  static override args = WORDS;
  static override examples = [
    { description: 'All commands', command: 'provisioning help' },
    { description: 'One command', command: 'provisioning help server create' },
    { description: 'What exit codes mean', command: 'provisioning help exit-codes' },
  ];

  protected override async execute(): Promise<Outcome> {
    const { registry, version, terminal } = this.context;
    const words = this.argsOf(WORDS).words ?? [];
    const style = terminal.style('out', this.flags['no-color']);
    const text = await helpText({ registry, version }, words, style);
    if (!text.ok) return err([text.error]);
    const plain = await helpText({ registry, version }, words, styleOf(false));
    return ok({
      json: () => ({
        commands: registry.map(({ name, class: kind, summary }) => ({ name, class: kind, summary })),
        text: plain.ok ? plain.value : '',
      }),
      text: () => text.value,
      quiet: () => lines(registry.map(({ name }) => name)),
    });
  }
}
