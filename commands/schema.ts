import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { failure } from '../src/domain/failure.ts';
import { err, ok } from '../src/domain/result.ts';
import { didYouMean } from '../src/domain/suggest.ts';
import { jsonText } from '../src/presentation/escape.ts';
import { lines } from './answer.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';

const COMMAND = {
  command: Args.string({
    multiple: true,
    ignoreStdin: true,
    description: 'a command, such as server list; or error, or explain-mode, which every command may print',
  }),
};
const LIST = { list: Flags.boolean({ description: 'what has a schema' }) };

export default class Schema extends ProvisioningCommand {
  static override args = COMMAND;
  static override flags = LIST;
  static override examples = [
    { description: 'What a command prints with --json', command: 'provisioning schema workflow status' },
    { description: 'What a command prints that failed', command: 'provisioning schema error' },
    { description: 'All that have one', command: 'provisioning schema --list' },
  ];

  protected override async execute(): Promise<Outcome> {
    const { SCHEMA_NAMES, schemaOf } = await import('../src/api/json-schema.ts');
    const name = this.argsOf(COMMAND).command?.join(' ');
    const { list } = this.flagsOf(LIST);
    if (list || name === undefined) {
      const names = (): string => lines(SCHEMA_NAMES);
      return ok({ json: () => SCHEMA_NAMES, text: names, quiet: names });
    }
    const schema = schemaOf(name);
    if (schema !== undefined)
      return ok({ json: () => schema, text: () => jsonText(schema), quiet: () => lines([name]) });
    const hint = didYouMean(name, SCHEMA_NAMES) ?? 'See: provisioning schema --list.';
    return err([
      failure('not_found', `nothing that is printed is called ${JSON.stringify(name.slice(0, 80))}`, { hint }),
    ]);
  }
}
