import type { Plugin } from 'esbuild';

/**
 * What oclif loads at its start and never calls here: commands, their help and their errors come from our own list, and
 * nothing looks for plugins, themes or TypeScript on a disk. Half of oclif's size, and five of Node's slower modules.
 * Anything that were called after all would be "not a function", in `npm run test:binary` at the latest.
 */
const UNUSED: Readonly<Record<string, string>> = {
  debug: 'module.exports = () => Object.assign(() => {}, { enabled: false, extend: module.exports })',
  // Asks for the user's home at once, which throws where there is none.
  'clean-stack': 'module.exports = (stack) => stack',
  minimatch: '',
  tinyglobby: '',
  ejs: '',
  lilconfig: '',
  'cli-spinners': 'const none = { frames: [""], interval: 1000 }; module.exports = { dots2: none, line: none }',
  // Colours are ours: this one loads all of Node's terminals.
  'supports-color': '',
  'node:child_process': '',
  'node:fs/promises': '',
  'node:perf_hooks': '',
  'node:readline': '',
};
const NAMES = new RegExp(`^(?:${Object.keys(UNUSED).join('|')})$`);

export const withoutUnusedParts: Plugin = {
  name: 'oclif without unused parts',
  setup(build) {
    build.onResolve({ filter: NAMES }, ({ path, importer }) =>
      importer.replaceAll('\\', '/').includes('/node_modules/@oclif/core/') ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({ contents: UNUSED[path] ?? '', loader: 'js' }));
  },
};
