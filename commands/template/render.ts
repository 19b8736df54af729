import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { failure } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import { manyLines } from '../../src/presentation/escape.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const TEMPLATE = {
  template: Args.string({
    required: true,
    ignoreStdin: true,
    description: 'its name, or the path of a file: ./x.yaml.j2',
  }),
};
const RENDER_FLAGS = {
  values: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'JSON file with the values',
    helpValue: 'FILE',
  }),
  output: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'where to write; one for each --values',
    helpValue: 'FILE',
  }),
  schema: Flags.string({ description: 'JSON schema that what comes out must meet', helpValue: 'FILE' }),
};

export default class TemplateRender extends ProvisioningCommand {
  static override args = TEMPLATE;
  static override flags = RENDER_FLAGS;
  static override examples = [
    { description: 'To the terminal', command: 'provisioning template render apps/app.yaml --values shop.json' },
    { description: 'To a file', command: 'provisioning template render ./own.yaml.j2 --values a.json --output a.yaml' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { values = [], output: outputs = [], schema } = this.flagsOf(RENDER_FLAGS);
    if (outputs.length > 0 && outputs.length !== Math.max(1, values.length))
      return err([
        failure('usage', `${values.length} times --values, but ${outputs.length} times --output`, {
          hint: 'Give each --values its own --output.',
        }),
      ]);
    const { renderAll } = await import('../../src/dispatch/render.ts');
    const { template } = this.argsOf(TEMPLATE);
    const rendered = await renderAll(services.value, { template, values, outputs, schema });
    if (!rendered.ok) return rendered;
    return ok({
      json: () => (outputs.length > 0 ? { outputs } : { texts: rendered.value }),
      text: () => (outputs.length > 0 ? '' : manyLines(rendered.value.join(''))),
      quiet: () => lines(outputs),
    });
  }
}
