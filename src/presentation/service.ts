import { oneLine } from './escape.ts';

interface Change {
  readonly file: string;
  readonly changed: boolean;
  readonly next: readonly string[];
}

export function serviceText({ file, changed, next }: Change, done: 'installed' | 'removed'): string {
  const unchanged = done === 'installed' ? 'is as it should be already' : 'does not exist';
  const what = `${oneLine(file)} ${changed ? (done === 'installed' ? 'was written' : 'was removed') : unchanged}.`;
  if (next.length === 0) return `${what}\n`;
  const purpose = done === 'installed' ? 'Turn it on:' : 'If it still runs, turn it off:';
  return `${[what, purpose, ...next.map((line) => `  ${line}`)].join('\n')}\n`;
}
