const REASONS: Readonly<Record<string, string>> = {
  EMFILE: 'this process has too many files open, as many as its "ulimit -n" (EMFILE)',
  ENFILE: 'the system has too many files open (ENFILE)',
  EAGAIN: 'the system starts no more processes for this user (EAGAIN)',
  ENOMEM: 'the system has no memory for more (ENOMEM)',
};

/**
 * What the system has run out of, so that it could open a file or start a process; `undefined`: that is not why. It says
 * nothing about what was to be done, and passes when somebody gives something back.
 */
export function exhausted(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return REASONS[String(error.code)];
}
