import manifest from '../../package.json' with { type: 'json' };
import type { Versions } from '../api/program-documents.ts';
import { API_VERSION } from '../api/version.ts';

export const VERSION: string = manifest.version;

/** Tells builds apart. A checkout changes without a build, so it has only its version. */
export const BUILD = { version: VERSION, build_id: VERSION };

/** `version --json`. The command line (core) and the orchestrator (platform) are one file, and so of one version. */
export const versionsWith = (nickel: string): Versions => ({
  version: VERSION,
  core: VERSION,
  platform: VERSION,
  api: API_VERSION,
  node: process.versions.node,
  sqlite: process.versions['sqlite'] ?? '',
  nickel,
  nushell: manifest.dependencies.nushell,
  system: `${process.platform}-${process.arch}`,
});
