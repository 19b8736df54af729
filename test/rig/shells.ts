import { toolIsHere } from './tools.ts';

/** Without the shell the tests that want it are skipped and say so; in CI they fail. */
export const shellIsHere = (shell: 'bash' | 'zsh' | 'fish'): boolean =>
  toolIsHere(shell, `${shell} is not installed: its completion is not tested`);
