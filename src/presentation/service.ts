import { oneLine } from './escape.ts';

interface Change {
  readonly files: readonly string[];
  readonly changed: boolean;
  readonly next: readonly string[];
}

export function serviceText({ files, changed, next }: Change, done: 'installed' | 'removed'): string {
  const [they, are, were, exist] =
    files.length > 1 ? ['they', 'are', 'were', 'do not exist'] : ['it', 'is', 'was', 'does not exist'];
  const isInstalled = done === 'installed';
  const did = `${were} ${isInstalled ? 'written' : 'removed'}`;
  const was = isInstalled ? `${are} as ${they} should be already` : exist;
  const what = `${files.map(oneLine).join(' and ')} ${changed ? did : was}.`;
  if (next.length === 0) return `${what}\n`;
  const purpose = isInstalled ? 'Turn it on:' : 'If it still runs, turn it off:';
  return `${[what, purpose, ...next.map((line) => `  ${line}`)].join('\n')}\n`;
}
