import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;

/** Tells builds apart. A checkout changes without a build, so it has only its version. */
export const BUILD = { version: VERSION, build_id: VERSION };
