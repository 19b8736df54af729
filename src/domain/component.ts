/** What has a version of its own, and may come from elsewhere: the command line, the orchestrator, the Nushell library. */
export const COMPONENTS = ['core', 'platform', 'library'] as const;

export type Component = (typeof COMPONENTS)[number];
