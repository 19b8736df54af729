import { failure, publicCodeOf } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';

/** Of output that was not taken, as a full disk does not. Who only asked has lost nothing, and asks again. */
export const lostOutput = (why: string, { onlyAsked }: { readonly onlyAsked: boolean }): Failure =>
  onlyAsked
    ? failure('try_later', `the output could not be written: ${why}`, {
        hint: 'Nothing was to be changed: make room where the output goes to, and ask again',
      })
    : failure('output_lost', `the output could not be written: ${why}`, {
        hint: 'What was asked for has been done or refused all the same; before you repeat it, see: provisioning workflow list',
      });

/** Said on stderr, at once: as plain text, for there is no time left to load more. */
export const lostOutputText = ({ code, message, hint = '' }: Failure): string =>
  `error: ${message} [${publicCodeOf(code)}]\n  → ${hint}\n`;
