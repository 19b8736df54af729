import { oneLine } from './escape.ts';
import type { Style } from './style.ts';

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
    ...(written.length === 0 ? [] : ['', 'Try there:  provisioning server create --infra dev']),
  ];
  return `${lines.join('\n')}\n`;
}
