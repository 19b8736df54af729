import nodePath from 'node:path';

type PlatformPath = typeof nodePath;

/** How the files of this machine are called inside the module, which knows POSIX paths only. */
export interface Sandbox {
  /** Folder inside → folder outside: the root of every drive in use. */
  readonly preopens: Readonly<Record<string, string>>;
  /** The given paths, as the module must be told them. */
  readonly paths: readonly string[];
  /** A path as the module names it → as this machine names it. */
  readonly host: (inside: string) => string;
}

/** A sandbox for these absolute paths: `/` stays `/`, and `C:\a.ncl` becomes `/C:/a.ncl`. */
export function sandbox(files: readonly string[], path: PlatformPath = nodePath): Sandbox {
  const roots = [...new Set(files.map((file) => path.parse(file).root))];
  const preopens = Object.fromEntries(roots.map((root) => [insideRoot(root), root]));
  const paths = files.map((file) => {
    const { root } = path.parse(file);
    return nodePath.posix.join(insideRoot(root), file.slice(root.length).replaceAll(path.sep, '/'));
  });
  return { preopens, paths, host: (inside) => outside(inside, { preopens, path }) };
}

const insideRoot = (root: string): string =>
  `/${root
    .split(/[\\/]+/)
    .filter(Boolean)
    .join('/')}`;

function outside(inside: string, world: { preopens: Readonly<Record<string, string>>; path: PlatformPath }): string {
  for (const [name, root] of Object.entries(world.preopens)) {
    const folder = name.endsWith('/') ? name : `${name}/`;
    if (inside.startsWith(folder)) return world.path.join(root, inside.slice(folder.length));
  }
  return inside;
}
