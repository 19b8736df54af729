/**
 * Begins to count, and returns milliseconds of processor time that this thread has used since: what an algorithm costs,
 * however busy the machine is with other things. For what would grow with the square of its input, not for speed.
 */
export function cpuTime(): () => number {
  const before = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };
}
