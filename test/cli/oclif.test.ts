import * as Flags from '@oclif/core/flags';
import { expect, test } from 'vitest';
import { ok } from '../../src/domain/result.ts';
import { ProgramConfig, Registry } from '../../src/cli/oclif.ts';
import type { Outcome } from '../../commands/answer.ts';
import { ProvisioningCommand } from '../../commands/command.ts';
import type { Context } from '../../commands/context.ts';
import type { Entry } from '../../commands/entry.ts';
import { styleOf } from '../../src/presentation/style.ts';

const LOUD = { loud: Flags.boolean() };

class Hello extends ProvisioningCommand {
  static override flags = LOUD;
  protected override execute(): Promise<Outcome> {
    const text = this.flagsOf(LOUD).loud ? 'HELLO' : 'hello';
    const { name } = this.context.entry;
    return Promise.resolve(ok({ jsonLines: () => `${JSON.stringify({ name })}\n`, text: () => text, quiet: () => '' }));
  }
}

/** What oclif has to let us do, for as long as we use it: no file, no manifest, no package.json of a plugin. */
test('a command of an in-memory registry runs, gets its flags and finds its context', async () => {
  const printed: string[] = [];
  const entry: Entry = {
    name: 'say hello',
    class: 'read',
    summary: '',
    load: () => Promise.resolve({ default: Hello }),
  };
  const config = configFor(entry, printed);
  await config.load();
  expect(await config.runCommand('say hello', ['--loud'])).toBe(0);
  expect(await config.runCommand('say hello', ['--json'])).toBe(0);
  expect(printed).toEqual(['HELLO', '{"name":"say hello"}\n']);
});

test('a command line that the parser refuses is exit code 2, not an exception', async () => {
  const printed: string[] = [];
  const entry: Entry = {
    name: 'say hello',
    class: 'read',
    summary: '',
    load: () => Promise.resolve({ default: Hello }),
  };
  expect(await configFor(entry, printed).runCommand('say hello', ['--lout'])).toBe(2);
  expect(printed.join('')).toContain('Did you mean "--loud"?');
});

function configFor(entry: Entry, printed: string[]): ProgramConfig {
  const print = (text: string): void => void printed.push(text);
  const terminal = {
    out: print,
    note: print,
    isInteractive: false,
    noteIsTerminal: false,
    unicode: false,
    columns: undefined,
    live: () => Promise.resolve(undefined),
    style: () => styleOf(false),
    ask: () => Promise.resolve(undefined),
    onInterrupt: () => () => undefined,
  };
  const never = (): never => {
    throw new Error('not asked for');
  };
  const context: Context = {
    version: '0',
    entry,
    registry: [entry],
    terminal,
    services: never,
    versions: never,
    runOrchestrator: never,
  };
  return new ProgramConfig(new Registry([entry]), context);
}
