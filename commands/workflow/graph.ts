import { existsSync } from 'node:fs';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { GraphDocument } from '../../src/api/views.ts';
import type { Services } from '../../src/dispatch/services.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { Result } from '../../src/domain/result.ts';
import { STDIN } from '../../src/ports/definitions.ts';
import { jsonText } from '../../src/presentation/escape.ts';
import type { Style } from '../../src/presentation/style.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';
import { definitionPath } from '../file-command.ts';

const WHAT = {
  what: Args.string({
    required: true,
    ignoreStdin: true,
    description: 'a workflow file ("-": standard input), or the id of a run, a unique prefix of it, or @latest',
  }),
};

const FORMAT = {
  format: Flags.option({
    options: ['ascii', 'mermaid', 'dot', 'json'] as const,
    default: 'ascii',
    description: 'as text, for mermaid, for Graphviz, or as data',
  })(),
};

const IS_FILE = /[/\\]|\.(?:ncl|toml|ya?ml|json)$/;

export default class WorkflowGraph extends ProvisioningCommand {
  static override args = WHAT;
  static override flags = FORMAT;
  static override examples = [
    { description: 'What waits for what', command: 'provisioning workflow graph deployment.ncl' },
    { description: 'A run, with what became of its tasks', command: 'provisioning workflow graph @latest' },
    {
      description: 'As a picture',
      command: 'provisioning workflow graph @latest --format dot | dot -Tsvg > graph.svg',
    },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { what } = this.argsOf(WHAT);
    const isFile = what === STDIN || IS_FILE.test(what) || existsSync(what);
    const graph = await (isFile ? ofFile(services.value, what) : ofRun(services.value, what));
    if (!graph.ok) return graph;
    const text = await this.#drawer();
    return ok({
      json: () => graph.value,
      text: (style) => text(graph.value, style),
      quiet: () => lines(graph.value.nodes.map(({ id }) => id)),
    });
  }

  async #drawer(): Promise<(graph: GraphDocument, style: Style) => string> {
    switch (this.flagsOf(FORMAT).format) {
      case 'mermaid':
        return (await import('../../src/presentation/graph/mermaid.ts')).mermaidText;
      case 'dot':
        return (await import('../../src/presentation/graph/dot.ts')).dotText;
      case 'json':
        return jsonText;
      default: {
        const [{ graphText }, { symbolsOf }] = await Promise.all([
          import('../../src/presentation/graph/drawing.ts'),
          import('../../src/presentation/live/symbols.ts'),
        ]);
        const symbols = symbolsOf(this.context.terminal.unicode);
        return (graph, style) => graphText(graph, style, symbols);
      }
    }
  }
}

type Graph = Promise<Result<GraphDocument, readonly Failure[]>>;

async function ofFile(services: Services, file: string): Graph {
  const [{ validateFile }, { graphOf }] = await Promise.all([
    import('../../src/dispatch/define.ts'),
    import('../../src/workflow/graph.ts'),
  ]);
  const validated = await validateFile(services, definitionPath(file));
  return validated.ok ? ok(graphOf(validated.value.workflow)) : validated;
}

async function ofRun(services: Services, id: string): Graph {
  const [{ readRecorded }, { graphOf }] = await Promise.all([
    import('../../src/dispatch/recorded.ts'),
    import('../../src/workflow/graph.ts'),
  ]);
  const recorded = await readRecorded(await services.reads(), id);
  return recorded.ok ? ok(graphOf(recorded.value.definition, recorded.value.run)) : err([recorded.error]);
}
