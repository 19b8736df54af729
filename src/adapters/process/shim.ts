/**
 * Stands between an engine and a task, so that the task outlives the engine and its end is on disk. POSIX sh, builtins
 * only: it costs about a millisecond.
 *
 * Arguments: the attempt's folder, then the task's argv. The claim file is taken exclusively: whoever makes it first,
 * this shim or an engine that revokes the attempt, decides whether the task runs at all. `exit.json` is one short write
 * that proves itself complete by being JSON. While its engine lives, that one makes the end durable in its own store;
 * only a shim that nobody waits for pays a process for `sync`. `trap :` keeps the shim alive when its session is told to
 * end, without the task inheriting that.
 * Exit 125: the claim was somebody else's.
 */
export const SHIM = `
dir=$1; shift
boot=; stat=
{ read -r boot </proc/sys/kernel/random/boot_id; read -r stat </proc/$$/stat; } 2>/dev/null
set -- "$boot" "\${stat##*) }" "$@"
set -C
{ echo "$$ $1 $2" >"$dir/claim"; } 2>/dev/null || exit 125
set +C
shift 2
trap : TERM INT HUP
"$@"
code=$?
echo "{\\"exit\\":$code}" >"$dir/exit.json"
kill -0 $PPID 2>/dev/null || sync "$dir/exit.json" 2>/dev/null || sync
exit $code
`;

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
  const [pid, bootId, ...stat] = text.trim().split(' ');
  if (pid === undefined || !/^[1-9][0-9]*$/.test(pid) || bootId === undefined) return undefined;
  // Counted from the state, which is field 3: the start time is field 22.
  return { pid: Number(pid), bootId, startTime: stat[19] ?? '' };
}

export const REVOKED = 'revoked\n';
