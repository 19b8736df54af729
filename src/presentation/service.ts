import { oneLine } from './escape.ts';

interface Change {
  readonly files: readonly string[];
  readonly changed: boolean;
  readonly next: readonly string[];
}

export function serviceText({ files, changed, next }: Change, done: 'installed' | 'removed'): string {
  const many = files.length > 1;
  const unchanged =
    done === 'installed' ? `${many ? 'are' : 'is'} as ${many ? 'they' : 'it'} should be already` : 'does not exist';
  const was = many ? 'were' : 'was';
  const did = done === 'installed' ? `${was} written` : `${was} removed`;
  const what = `${files.map((file) => oneLine(file)).join(' and ')} ${changed ? did : many && done === 'removed' ? 'do not exist' : unchanged}.`;
  if (next.length === 0) return `${what}\n`;
  const purpose = done === 'installed' ? 'Turn it on:' : 'If it still runs, turn it off:';
  return `${[what, purpose, ...next.map((line) => `  ${line}`)].join('\n')}\n`;
}
