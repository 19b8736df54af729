/** What a task gets of its submitter's environment without being asked: see `command.run` for how to name more. */
const HANDED_ON = /^(?:PATH|HOME|USER|LANG|LC_\w+|TERM|TZ|SSH_AUTH_SOCK)$/;

export function handedOn(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value !== undefined && HANDED_ON.test(name) ? [[name, value] as const] : [],
    ),
  );
}
