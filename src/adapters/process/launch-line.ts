import { quoteWord, quoteWords } from '../../domain/quote.ts';
import type { Launch } from '../../ports/runner.ts';
import { OUTPUT } from './layout.ts';
import { SHIM, SHIM_NAME } from './shim.ts';
import { bootId, MARKER_VARIABLE } from './tree.ts';

/** A socket takes this much at once, and a system call takes a string of this length. */
const LIMIT_BYTES = 64 * 1024;

/**
 * What a launcher is told once, before its first line: `$1` is the shim, `$2` the mask of the engine, `$3` the program
 * that makes a session, `$4` the shell. Positions, because the names in a task's environment could hide variables.
 * `umask`: the files of attempts are made for their user alone.
 */
export const introduction = (setsid: string, shell: string): string =>
  `set -- ${quoteWord(SHIM)} "$(umask)" ${quoteWord(setsid)} ${quoteWord(shell)}\numask 077\n`;

/**
 * One line for a launcher: starts the attempt's shim as the engine itself would, and prints its exit status, which is above
 * 128 where it was killed. `undefined`: not everything in it can be said in this way.
 */
export function lineOf(launch: Launch): string | undefined {
  const { folder, cwd } = launch;
  const env = Object.entries({ ...launch.env, [MARKER_VARIABLE]: launch.marker });
  if (!cwd.startsWith('/') || !env.every(([name]) => isPlain(name))) return undefined;
  const exports = env.map(([name, value]) => `${name}=${quoteWord(value)}`).join(' ');
  const shim = `"$3" "$4" -c "$1" ${SHIM_NAME} ${quoteWords(shimArguments(launch))}`;
  // A shell exports these, which a process that is started in a folder does not have.
  const task = `cd -P ${quoteWord(cwd)}&&umask "$2"&&unset OLDPWD PWD SHLVL&&export ${exports}&&exec ${shim}`;
  const line = `(${task}) </dev/null >>${quoteWord(`${folder}/${OUTPUT}`)} 2>&1;echo $?\n`;
  return line.includes('\0') || Buffer.byteLength(line) > LIMIT_BYTES ? undefined : line;
}

/** What the shim of an attempt is called with. */
export const shimArguments = ({ folder, argv }: Launch): readonly string[] => [
  folder,
  `${process.pid}`,
  (boot ??= bootId()),
  ...argv,
];

/** Of this process and of all that it starts. */
let boot: string | undefined;

/** A variable that means nothing to any `sh`, and that it can have. */
const isPlain = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !SPECIAL.test(name);

/** To dash, bash, ksh, zsh or busybox: set or read by the shell itself, bound to a type, or not to be changed. */
const SPECIAL = new RegExp(
  `^(?:${[
    '_|.*PWD|OPT.*|IFS|PPID|PGRP|E?[UG]ID|USER_ID|GROUPS|PS[0-9]|PROMPT.*|ENV|.*ENV|LINENO|SHLVL|SHELLOPTS|BASH.*|KSH.*|ZSH.*',
    'POSIXLY_CORRECT|RANDOM|SRANDOM|SECONDS|EPOCH.*|DIRSTACK|FUNC.*|PIPESTATUS|HIST.*|MAIL.*|ATTY|TMOUT|IGNOREEOF',
    'COLUMNS|LINES|CDPATH|FPATH|NULLCMD|READNULLCMD|MATCH|M?BEGIN|M?END|ARGC|ARGV0|ERRNO|TTY.*|VENDOR|CPUTYPE|OSTYPE|MACHTYPE',
    'HOSTNAME|HOSTTYPE|HOSTFILE|USERNAME|LOGCHECK|WATCH.*|KEYTIMEOUT|REPLY|TIMEFORMAT|COMP.*|COPROC|READLINE.*|MAPFILE|GLOBIGNORE',
  ].join('|')})$`,
);
