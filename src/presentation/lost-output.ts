import { publicCodeOf } from '../domain/failure.ts';

/** What stdout did not take, as a full disk does not: said on stderr, at once. */
export const lostOutput = (why: string): string =>
  `error: the output could not be written: ${why} [${publicCodeOf('output_lost')}]\n` +
  '  → What was asked for has been done or refused all the same; before you repeat it, see: provisioning workflow list\n';
