/** Of a host, where a command runs on several: its lines begin with its name. */
const PATTERN = /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,62}: )?PROGRESS:/;

/** Whether a line of a task's output tells progress, which is shown as such, and not what was said last. */
export const isProgress = (line: string): boolean => PATTERN.test(line);
