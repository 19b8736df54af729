import { spawnSync } from 'node:child_process';
import { nuBinary, shippedLibrary } from './nushell.ts';

/** The value of a Nushell expression that may use the library's modules and `$in`; an error's message is thrown. */
export function nuValue(uses: string, expression: string, input: unknown = null): unknown {
  const program = `${uses}\n$in | from json | do { ${expression} } | to json --raw`;
  const { status, stdout, stderr } = spawnSync(
    nuBinary(),
    ['-n', '--no-std-lib', '--stdin', '-I', shippedLibrary, '-c', program],
    {
      cwd: shippedLibrary,
      input: JSON.stringify(input),
      encoding: 'utf8',
      env: { NO_COLOR: '1' },
    },
  );
  if (status !== 0) throw new Error(stderr);
  // Before the value there may be what it printed.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}
