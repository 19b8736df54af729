import { spawnSync } from 'node:child_process';
import { programArgv } from './program.ts';

/** Takes from root what lets it read and write whatever the modes of files say; other users never had it. */
const WITHOUT_OVERRIDE = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all'] as const;

const isRoot = process.getuid?.() === 0;

/** Modes of files bind the program, whoever runs the tests. */
export const canBeBound =
  process.platform !== 'win32' &&
  (!isRoot || spawnSync(WITHOUT_OVERRIDE[0], [...WITHOUT_OVERRIDE.slice(1), 'true']).status === 0);

export const boundProgram = (): readonly [string, ...string[]] =>
  isRoot ? [...WITHOUT_OVERRIDE, ...programArgv()] : programArgv();
