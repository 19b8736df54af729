import type { Entry } from './entry.ts';

/** The first words of commands, in the order in which somebody new wants to hear of them. */
const TOPICS: readonly (readonly [title: string, words: readonly string[]])[] = [
  ['Resources', ['server', 'taskserv', 'cluster', 'app']],
  ['Workflows', ['workflow', 'batch']],
  ['Orchestrator', ['orchestrator']],
  ['Workspace and configuration', ['workspace', 'template', 'config', 'env']],
  ["Finding one's way", ['help', 'explain', 'schema', 'man', 'completion', 'version', 'compat']],
];

export interface Topic {
  readonly title: string;
  readonly commands: readonly Entry[];
}

/** All commands in groups; `test/cli/help.test.ts` holds that none is left out. */
export const topicsOf = (registry: readonly Entry[]): readonly Topic[] =>
  TOPICS.map(([title, words]) => ({
    title,
    commands: words.flatMap((word) => registry.filter(({ name }) => name.split(' ')[0] === word)),
  }));
