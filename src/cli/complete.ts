import { complete } from '../../commands/complete.ts';
import { valuesFor } from '../../commands/complete-values.ts';
import { REGISTRY } from '../../commands/registry.ts';
import type { Terminal } from '../dispatch/terminal.ts';
import { oneLine } from '../presentation/escape.ts';
import { compose } from './compose.ts';
import { VERSION } from './version.ts';

/** A shell waits, and somebody in front of it. */
const PATIENCE_MS = 1500;

/**
 * `provisioning __complete WORD… CURRENT`, for the scripts of `templates/completion/`: what may come next. The first line
 * says of which kind it is (`words`, `files`, `folders`); then a candidate a line, a tab and its meaning. Starts nothing,
 * makes nothing, and whatever goes wrong is silence and exit code 0.
 */
export async function completeWords(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined).unref());
    const found = await Promise.race([
      complete(words, { registry: REGISTRY, values: valuesIn(words, terminal) }),
      late,
    ]);
    if (found === undefined) return 0;
    terminal.out(`${found.kind}\n`);
    if (found.kind === 'words')
      for (const { value, meaning } of found.candidates) terminal.out(`${oneLine(value)}\t${oneLine(meaning)}\n`);
  } catch {
    // Nobody has asked for anything: an error would only tear what stands on the line.
  }
  return 0;
}

function valuesIn(words: readonly string[], terminal: Terminal): Parameters<typeof complete>[1]['values'] {
  return (wanted) => {
    const services = async () => {
      const context = compose({ entry: wanted.entry, registry: REGISTRY, version: VERSION, terminal });
      const opened = await context.services({ workspace: wanted.flags.get('workspace'), quiet: true });
      if (opened.ok) return opened.value;
      throw new Error(opened.error[0]?.message ?? `nothing to read for ${words.join(' ')}`);
    };
    return valuesFor(wanted, { registry: REGISTRY, services });
  };
}
