/**
 * What an orchestrator inherits from the command that starts it: by allow-list, since a terminal's environment holds
 * debugger hooks, proxies and secrets of one project. The variables of CI runners stay, so that the runner finds the
 * process when its job ends.
 */
const KEPT = /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR|CI|SYSTEMROOT|LOCALAPPDATA)$/;
const KEPT_FOR_CI = /^(?:RUNNER_TRACKING_ID|JENKINS_NODE_COOKIE|BUILD_ID)$/;
const KEPT_FAMILIES = /^(?:LC|XDG|PROVISIONING)_/;
/** Of one command, one task or one workspace. */
const DROPPED = /^PROVISIONING_(?:TASK_|ATTEMPT|WORKFLOW_ID$|COMMAND$|.*TOKEN|SOCKET$|WORKSPACE$|MODE$)/;

export function daemonEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || DROPPED.test(name)) continue;
    if ([KEPT, KEPT_FOR_CI, KEPT_FAMILIES].some((pattern) => pattern.test(name))) kept[name] = value;
  }
  return kept;
}
