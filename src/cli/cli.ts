import { REGISTRY } from '../../commands/registry.ts';
import { terminalFacts } from '../config/terminal.ts';
import type { Terminal } from '../dispatch/terminal.ts';
import type { Failure } from '../domain/failure.ts';
import { unexpected } from '../domain/unexpected.ts';
import { readWish } from './front.ts';
import type { Wish } from './front.ts';
import { createTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Asked by the shells' completion, in no help. */
const COMPLETE = '__complete';

/**
 * One command line, from its arguments to its exit code. What is only text (the version, help) is answered without
 * oclif, which takes longer to load than all the rest; every import here is one that those two wait for.
 */
export async function cli(argv: readonly string[]): Promise<number> {
  const wish = readWish(argv, REGISTRY);
  const onlyAsked = wish.kind !== 'command' || wish.entry.class === 'read';
  const terminal = createTerminal(terminalFacts(), { onlyAsked });
  if (argv[0] === COMPLETE) return (await import('./complete.ts')).completeWords(argv.slice(1), terminal);
  try {
    return await fulfil(wish, argv, terminal);
  } catch (error) {
    return refuse((await import('./bug.ts')).bug(error), argv, terminal);
  }
}

async function fulfil(wish: Wish, argv: readonly string[], terminal: Terminal): Promise<number> {
  switch (wish.kind) {
    case 'version':
      terminal.out(`${VERSION}\n`);
      return 0;
    case 'help':
      return help(wish.words, argv, terminal);
    case 'command':
      return command(wish, terminal);
    case 'unknown': {
      const { unknownCommand } = await import('./unknown.ts');
      return refuse(unknownCommand(wish.words, REGISTRY), argv, terminal);
    }
    default:
      return unexpected(wish);
  }
}

async function help(words: readonly string[], argv: readonly string[], terminal: Terminal): Promise<number> {
  const { helpText } = await import('../../commands/help-text.ts');
  const style = terminal.style('out', argv.includes('--no-color'));
  const text = await helpText({ registry: REGISTRY, version: VERSION }, words, style);
  if (!text.ok) return refuse(text.error, argv, terminal);
  terminal.out(text.value);
  return 0;
}

async function command({ entry, rest }: Wish & { kind: 'command' }, terminal: Terminal): Promise<number> {
  const [{ ProgramConfig, Registry }, { compose }] = await Promise.all([import('./oclif.ts'), import('./compose.ts')]);
  const context = compose({ entry, registry: REGISTRY, version: VERSION, terminal });
  const config = new ProgramConfig(new Registry(REGISTRY), context);
  await config.load();
  return config.runCommand(entry.name, [...rest]);
}

async function refuse(problem: Failure, argv: readonly string[], terminal: Terminal): Promise<number> {
  const { deliver, printFlagsIn } = await import('../../commands/print.ts');
  return deliver(printFlagsIn(argv), { terminal }, () => Promise.resolve({ ok: false, error: [problem] }));
}
