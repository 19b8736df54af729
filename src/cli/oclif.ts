import type { Command } from '@oclif/core/command';
import { Config, Plugin } from '@oclif/core/config';
import type { Context, ContextConfig } from '../../commands/context.ts';
import type { CommandClass, Entry } from '../../commands/entry.ts';

/**
 * oclif without a file system: commands come from a list in memory, so that one executable needs no folder beside it.
 * oclif's maintainers do not support this officially (oclif/oclif#653); `test/cli/oclif.test.ts` holds what we rely on.
 */
export class Registry extends Plugin {
  readonly entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    super({ root: '/', isRoot: true, name: 'provisioning' });
    this.entries = entries;
  }

  override load(): Promise<void> {
    this.name = 'provisioning';
    this.commandIDs = this.entries.map(({ name }) => name);
    return Promise.resolve();
  }

  /** oclif's type wants more of a command than oclif uses here. */
  override async findCommand(name: string): Promise<Command.Class> {
    return (await this.find(name)) as unknown as Command.Class;
  }

  async find(name: string): Promise<CommandClass> {
    const entry = this.entries.find((candidate) => candidate.name === name);
    if (entry === undefined) throw new Error(`Internal error: no command ${name}`);
    return (await entry.load()).default;
  }
}

/** Carries the context to the commands. */
export class ProgramConfig extends Config implements ContextConfig {
  readonly context: Context;
  readonly #registry: Registry;

  constructor(registry: Registry, context: Context) {
    super({ root: '/', plugins: new Map([['provisioning', registry]]) });
    this.context = context;
    this.#registry = registry;
    this.bin = this.name = 'provisioning';
    this.topicSeparator = ' ';
  }

  /** oclif's own takes 10 ms to look for WSL, a shell, themes and plugins, none of which is used here. */
  override load(): Promise<void> {
    return this.#registry.load();
  }

  /** oclif's own makes a second, plain `Config`, which would lose the context. The result is the exit code. */
  override async runCommand<T = number>(name: string, argv: string[] = []): Promise<T> {
    const Found = await this.#registry.find(name);
    return (await new Found(argv, this).run()) as T;
  }

  override runHook(): Promise<{ successes: []; failures: [] }> {
    return Promise.resolve({ successes: [], failures: [] });
  }
}
