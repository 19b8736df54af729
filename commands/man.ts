import { candidates } from '../src/config/layers.ts';
import { KEYS } from '../src/config/keys.ts';
import { ok } from '../src/domain/result.ts';
import { manPage } from '../src/presentation/man-page.ts';
import type { ManCommand } from '../src/presentation/man-page.ts';
import type { Outcome } from './answer.ts';
import { ProvisioningCommand } from './command.ts';
import type { CommandClass, Entry } from './entry.ts';
import { describe } from './help-text.ts';
import { topicsOf } from './topics.ts';

export default class Man extends ProvisioningCommand {
  static override examples = [{ description: 'The page, for man -l or mandoc', command: 'provisioning man' }];

  protected override async execute(): Promise<Outcome> {
    const { registry, version } = this.context;
    const topics = await Promise.all(
      topicsOf(registry).map(async ({ title, commands }) => ({ title, commands: await described(commands) })),
    );
    const page = manPage({
      version,
      topics,
      variables: KEYS.map(({ variable, meaning }) => [variable, meaning]),
      documents: DOCUMENTS,
    });
    return ok({ json: () => ({ page }), text: () => page, quiet: () => page });
  }
}

/** Each command once; entries that load the same class are names of one command. */
async function described(entries: readonly Entry[]): Promise<readonly ManCommand[]> {
  const loaded = await Promise.all(entries.map(async (entry) => ({ entry, command: (await entry.load()).default })));
  return [...Map.groupBy(loaded, ({ command }) => command)].flatMap(([command, names]) => oneOf(command, names));
}

function oneOf(command: CommandClass, names: readonly { readonly entry: Entry }[]): readonly ManCommand[] {
  const [first, ...others] = names;
  if (first === undefined) return [];
  return [{ ...describe(first.entry, command), aliases: others.map(({ entry }) => entry.name) }];
}

const HERE = {
  home: '~',
  configHome: '~/.config',
  stateHome: '~/.local/state',
  cacheHome: '~/.cache',
  systemRoot: '/',
};
const WORKSPACE = { root: 'WORKSPACE', declared: true };
const LAYERS = {
  shipped: 'what an installation says',
  system: 'what the administrator of this machine says',
  user: 'what you say',
  workspace: 'what the workspace says',
};

const DOCUMENTS = candidates(HERE, WORKSPACE).map(({ file, layer }) => [file, LAYERS[layer]] as const);
