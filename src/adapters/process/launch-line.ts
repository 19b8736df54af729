import { quoteWord, quoteWords } from '../../domain/quote.ts';
import type { Launch } from '../../ports/runner.ts';
import { OUTPUT } from './layout.ts';
import { SHIM, SHIM_NAME } from './shim.ts';
import { bootId, MARKER_VARIABLE } from './tree.ts';

/** A socket takes this much at once, and a system call takes a string of this length. */
const LIMIT_BYTES = 64 * 1024;

/**
 * A launcher: keeps a shim-to-be in a session of its own that waits for its line, and makes the next one when that has
 * ended as `lineOf` lets it end. Arguments: the program that makes a session, the shell, the shim. What it starts knows the
 * shim and the engine's mask by positions, because the names in a task's environment could hide variables. `umask`: the files
 * of attempts are made for their user alone.
 */
export const launcherArguments = (setsid: string, shell: string): readonly string[] => [
  '-c',
  `set -- "$1" "$2" "$3" "$(umask)"
umask 077
unset OLDPWD PWD SHLVL
while "$1" "$2" -s ${SHIM_NAME} "$3" "$4" 3>&1 >/dev/null; [ $? -eq ${SERVED} ]; do :; done`,
  LAUNCHER_NAME,
  setsid,
  shell,
  SHIM,
];

/** How a launcher appears in the list of processes. */
export const LAUNCHER_NAME = 'provisioning-launcher';

/** At the end of its input a shell ends with 0, and by a signal, or where it does not understand, with something else. */
const SERVED = 1;

/**
 * One line for a launcher: makes of the shell that reads it the attempt's shim, as the engine itself would start one, and
 * has it say its exit status to the engine. `undefined`: not everything in it can be said in this way.
 */
export function lineOf(launch: Launch): string | undefined {
  const { folder, cwd } = launch;
  const env = Object.entries({ ...launch.env, [MARKER_VARIABLE]: launch.marker });
  if (!cwd.startsWith('/') || !env.every(([name]) => isPlain(name))) return undefined;
  const exports = env.map(([name, value]) => `${name}=${quoteWord(value)}`).join(' ');
  const saying = `unset provisioning_code;trap '${SAY}' 0`;
  const files = `exec </dev/null >>${quoteWord(`${folder}/${OUTPUT}`)} 2>&1`;
  // `unset`: a process that is started in a folder knows no other one.
  const surroundings = `cd -P ${quoteWord(cwd)}&&unset OLDPWD&&umask "$3"&&export ${exports}`;
  const shim = `provisioning_shim=$2&&set -- ${quoteWords(shimArguments(launch))}&&eval "$provisioning_shim"`;
  const line = `{ ${saying};${files};${surroundings}&&${shim};exit 126; }\n`;
  return line.includes('\0') || Buffer.byteLength(line) > LIMIT_BYTES ? undefined : line;
}

/**
 * Said at the exit of a shim, or of what was to become one. Nothing where a signal ended it, at which bash comes here too: its
 * launcher ends with it then, and what happened is looked for.
 */
const SAY = `provisioning_exit=$?;[ -n "\${provisioning_code-x}" ]||exit 2;{ echo "\${provisioning_code-$provisioning_exit}">&3; } 2>/dev/null;exit ${SERVED}`;

/** What the shim of an attempt is called with. */
export const shimArguments = ({ folder, script = '', argv }: Launch): readonly string[] => [
  folder,
  `${process.pid}`,
  (boot ??= bootId()),
  script,
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
