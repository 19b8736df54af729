import { readFileSync } from 'node:fs';

/** A process as Linux' `/proc` shows it. */
export interface ProcessStat {
  /** `Z`: it is dead, and its parent has not asked how it ended. */
  readonly state: string;
  readonly parent: number;
  /** In the kernel's own unit, since boot; with the boot's id it names a process for good. */
  readonly startTime: string;
}

/** `undefined`: there is no such process, or the system does not say. `proc`: where `/proc` is. */
export function processStat(pid: number | 'self', proc = '/proc'): ProcessStat | undefined {
  const stat = read(`${proc}/${pid}/stat`);
  // The name, in brackets, may hold spaces and brackets itself; the start time is field 22.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields ?? [];
  const startTime = fields?.[19];
  return state === undefined || startTime === undefined ? undefined : { state, parent: Number(parent), startTime };
}

/** `O_CLOEXEC` in the octal flags of `fdinfo`. */
const CLOSES_ON_EXEC = 0o2000000;

/** Whether a program that the process starts gets this descriptor too; `false` where it is closed already. */
export function isInheritable(pid: number | 'self', fd: number, proc = '/proc'): boolean {
  const flags = /^flags:\s*(\d+)/m.exec(read(`${proc}/${pid}/fdinfo/${fd}`) ?? '')?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & CLOSES_ON_EXEC) === 0;
}

export const bootId = (): string | null => read('/proc/sys/kernel/random/boot_id')?.trim() ?? null;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
