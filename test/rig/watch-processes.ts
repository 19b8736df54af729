import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * `node watch-processes.ts NAME`: looks at all processes of this machine, those of its test hosts among them, for as long as
 * its standard input is open, then prints as JSON where it has seen the text that is in the variable NAME: in whose arguments,
 * or in whose environment on a host. (On this machine it is in the environment of whoever was given it.)
 */
const { [process.argv[2] ?? '']: needle = '' } = process.env;
const found = new Set<string>();
const here = readlinkSync('/proc/self/ns/mnt');
// Whoever started it may be gone by then.
process.stdin.resume();
process.stdout.on('error', () => undefined).write('looking\n');
while (!process.stdin.readableEnded) {
  for (const pid of readdirSync('/proc')) if (/^\d+$/.test(pid)) look(pid);
  await pause(5);
}
process.stdout.write(`${JSON.stringify([...found])}\n`);

function look(pid: string): void {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (line.includes(needle)) found.add(`arguments of ${line.slice(0, 80)}`);
    const isOnHost = readlinkSync(`/proc/${pid}/ns/mnt`) !== here;
    if (isOnHost && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(needle))
      found.add(`environment of ${line.slice(0, 80)}`);
  } catch {
    // It has ended meanwhile.
  }
}
