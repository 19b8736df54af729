import { oneLine } from './escape.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

interface Made {
  readonly workspace: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
}

export function scaffoldText({ workspace, written, kept }: Made, style: Style): string {
  const lines = [
    `Workspace ${style.bold(oneLine(workspace))}`,
    ...written.map((file) => `  ${style.green('new')}   ${oneLine(file)}`),
    ...kept.map((file) => `  ${style.dim('kept')}  ${oneLine(file)}`),
    ...(written.length === 0 ? [] : ['', 'What to type there next:', ...nextSteps(style)]),
  ];
  return `${lines.join('\n')}\n`;
}

const NEXT: readonly (readonly [command: string, meaning: string])[] = [
  ['provisioning server create --infra dev --wait', 'the servers of infra/dev.ncl'],
  ['provisioning server list', 'what there is now'],
  ['provisioning workflow run workflows/hello.ncl', 'a workflow, here and now'],
  ['provisioning template list', 'what else to begin with'],
];

function nextSteps(style: Style): readonly string[] {
  const width = Math.max(...NEXT.map(([command]) => command.length));
  return NEXT.map(([command, meaning]) => {
    const padding = ' '.repeat(width - command.length);
    return `  ${style.cyan(`$ ${command}`)}${padding}  ${meaning}`;
  });
}

interface Template {
  readonly kind: string;
  readonly name: string;
  readonly summary: string;
}

export const templatesText = (templates: readonly Template[], style: Style): string =>
  table(
    ['KIND', 'NAME', 'WHAT IT IS'],
    templates.map(({ kind, name, summary }) => [kind, name, summary]),
    style,
  );
