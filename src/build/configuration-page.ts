import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { KEYS, SECTIONS } from '../config/keys.ts';
import { POOL_KEYS, POOLS } from '../config/pool-keys.ts';
import { describe } from '../config/value-type.ts';
import type { ValueType } from '../config/value-type.ts';

/** What one row of the page is made of. */
interface Row {
  readonly name: string;
  readonly type: ValueType;
  readonly default: string;
  readonly meaning: string;
  readonly aliases: readonly string[];
}

export const PAGE = join(import.meta.dirname, '..', 'docs', 'configuration.md');

const HEAD = `# What can be configured?

<!-- Written by "node src/build/configuration-page.ts" from src/config/schema.ts; test/config/page.test.ts compares. -->

One schema, in TOML; in which file a key stands does not matter. The lowest first: built in;
\`/usr/local/share/provisioning/config/config.defaults.toml\` and \`/usr/local/share/provisioning/platform/config.toml\`;
\`/etc/provisioning/{config,platform}.toml\`; \`~/.config/provisioning/{config,platform}.toml\`; the workspace's
\`provisioning.toml\`; variables; flags. Arrays replace. \`provisioning config show --origin\` names for each value where it
comes from, \`provisioning config explain KEY\` what it means. Unknown keys are errors.

A key's variable is \`PROVISIONING_SECTION_KEY\`: \`PROVISIONING_STORAGE_DATA_DIR\`. Besides there are \`PROVISIONING_MODE\`,
\`PROVISIONING_WORKSPACE\` and \`PROVISIONING_TOKEN_FILE\`.
`;

/** The page as it should stand in `PAGE`. */
export async function configurationPage(): Promise<string> {
  const sections = [...SECTIONS].map(([name, { meaning, refusedInWorkspace }]) => {
    const refused = refusedInWorkspace === undefined ? '' : ` A workspace may not set it: ${refusedInWorkspace}.`;
    const rows = KEYS.filter(({ section }) => section === name).map((key) => ({ ...key, default: defaultOf(key) }));
    return `## \`[${name}]\`\n\n${meaning}${refused}\n\n${table(rows)}`;
  });
  const pools = Object.entries(POOL_KEYS).map(([name, key]) => ({
    name,
    ...key,
    default: key.defaultText ?? JSON.stringify(key.default),
    aliases: [],
  }));
  const shared = `## \`[${POOLS}.NAME]\`\n\nWhat several tasks share, over all runs of one data_dir.\n\n${table(pools)}`;
  const text = [HEAD, ...sections, shared].join('\n');
  return format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE });
}

const FACTS = { ci: false, systemOwned: false, stateDir: '', systemStateDir: '' };

function defaultOf({ defaultText, builtin }: (typeof KEYS)[number]): string {
  const { value } = builtin(FACTS);
  return defaultText ?? (value === null ? 'none' : `\`${JSON.stringify(value)}\``);
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, type, meaning, aliases, default: value }) =>
    [`\`${name}\``, describe(type), value, meaning + olderNames(aliases)].map((cell) => cell.replaceAll('|', '\\|')),
  );
  const head = ['key', 'must be', 'default', 'meaning'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const olderNames = (aliases: readonly string[]): string =>
  aliases.length === 0 ? '' : ` Older name: ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`;

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, await configurationPage());
