/** The first argument of a process that unpacks Nushell and ends. */
export const UNPACK_ROLE = '__unpack';

/**
 * Unpacks Nushell in a process of its own, as what that takes (100 MB) would stay in the memory of an orchestrator.
 * Resolves when it has ended, however that was: who needs Nushell looks, and unpacks or says why not itself. So it does
 * where another version has meanwhile been installed in this program's place.
 */
export async function unpackApart(cacheDir: string): Promise<void> {
  const [{ execFile }, { programCommand }] = await Promise.all([
    import('node:child_process'),
    import('../adapters/system/program.ts'),
  ]);
  const [program, ...before] = programCommand();
  const { promise, resolve } = Promise.withResolvers<void>();
  execFile(program, [...before, UNPACK_ROLE, cacheDir], { cwd: '/', env: {} }, () => resolve());
  return promise;
}

/** What such a process does. Gives its exit code, which nobody reads. */
export async function unpack(cacheDir: string): Promise<number> {
  const { createAssets } = await import('../adapters/system/assets.ts');
  const assets = await createAssets(cacheDir);
  return (await assets.nu()).ok ? 0 : 1;
}
