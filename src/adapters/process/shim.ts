/**
 * Stands between an engine and a task, so that the task outlives the engine and its end is on disk. POSIX sh, builtins
 * only: it costs about a millisecond.
 *
 * Arguments: the attempt's folder, the pid of its engine, the boot's id (a shell reads a file byte by byte), then the task's
 * argv. Before that stands the path of a script, or nothing: a script is read by the shim itself, with argv as its
 * arguments, which spares the start of one more shell. The claim file is taken exclusively:
 * whoever makes it first, this shim or an engine that revokes the attempt, decides whether the task runs at all. The
 * task's end is one short line that is appended to it, whatever the task made of it meanwhile; it proves itself complete by
 * its line feed. A file of its own would cost an inode for each attempt, and room that a full disk does not have: it is
 * made only where there is no appending. While its engine lives, that one makes the end durable in its own store; only a
 * shim that nobody waits for pays a process for `sync`. `trap :` keeps the shim alive
 * when its session is told to end, without the task inheriting that. `exec`, as a name like `exit` or `echo` would be
 * the shell's own command else; it forks no more than the name alone does. Its variables have names that no task's have: one
 * that came with the environment would reach the task changed. Descriptor 3 is the way to the engine of a shim that a
 * launcher started; `provisioning_code` is empty for as long as there is no end that it could be told.
 * Exit 125: the claim was somebody else's.
 */
export const SHIM = `
provisioning_dir=$1 provisioning_engine=$2 provisioning_boot=$3 provisioning_script=$4; shift 4
provisioning_stat= provisioning_code=
{ read -r provisioning_stat </proc/$$/stat; } 2>/dev/null
set -C
{ echo "$$ $provisioning_boot \${provisioning_stat##*) }" >"$provisioning_dir/claim"; } 2>/dev/null || { provisioning_code=125; exit 125; }
set +C
trap : TERM INT HUP
(exec 3>&-; [ -z "$provisioning_script" ] || . "$provisioning_script"; exec "$@")
provisioning_code=$?
{ echo "
exit $provisioning_code" >>"$provisioning_dir/claim"; } 2>/dev/null || echo "{\\"exit\\":$provisioning_code}" >"$provisioning_dir/exit.json"
kill -0 "$provisioning_engine" 2>/dev/null || sync "$provisioning_dir/claim" 2>/dev/null || sync
exit $provisioning_code
`;

/** How a shim appears in the list of processes. */
export const SHIM_NAME = 'provisioning-shim';

/** The exit status with which the shim says that the attempt had been revoked. */
export const NOT_CLAIMED = 125;

/** What a claim file says: who runs the attempt. `startTime` is field 22 of /proc/PID/stat, where there is one. */
export interface ClaimFile {
  readonly pid: number;
  readonly bootId: string;
  readonly startTime: string;
}

/** `undefined` for a revoked or torn claim. */
export function parseClaim(text: string): ClaimFile | undefined {
  const [pid, bootId, ...stat] = (text.split('\n', 1)[0] ?? '').trim().split(' ');
  if (pid === undefined || !/^[1-9][0-9]*$/.test(pid) || bootId === undefined) return undefined;
  // Counted from the state, which is field 3: the start time is field 22.
  return { pid: Number(pid), bootId, startTime: stat[19] ?? '' };
}

/** The exit code that the shim recorded behind its claim; `undefined` where the line is missing or torn. */
export function parseExit(text: string): number | undefined {
  const [, code] = /\nexit ([0-9]{1,3})\n$/.exec(text) ?? [];
  return code === undefined ? undefined : Number(code);
}

export const REVOKED = 'revoked\n';
