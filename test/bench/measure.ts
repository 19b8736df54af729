import { spawn, spawnSync } from 'node:child_process';

export interface Command {
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Milliseconds of the whole process; throws when it fails, because a failure is fast. */
export function timeOf({ argv, env, cwd }: Command): number {
  const [file = '', ...rest] = argv;
  const began = performance.now();
  const { status, stderr, error } = spawnSync(file, rest, { env, cwd, maxBuffer: 1e9 });
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${error?.message ?? stderr.toString()}`);
  return took;
}

/** Median of `rounds`, the commands taking turns, so that what else the machine does hits all alike. */
export function medians(commands: Readonly<Record<string, Command>>, rounds: number): Record<string, number> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++)
    for (const [name, command] of Object.entries(commands)) {
      const took = timeOf(command);
      // The first round warms the file cache.
      if (round > 0) samples.set(name, [...(samples.get(name) ?? []), took]);
    }
  return Object.fromEntries([...samples].map(([name, list]) => [name, median(list)]));
}

export const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

export const installed = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Milliseconds for `count` processes, one after the other, started from this one. */
export async function bareSpawns(count: number, argv: readonly string[]): Promise<number> {
  const [file = '', ...rest] = argv;
  const began = performance.now();
  for (let i = 0; i < count; i++)
    await new Promise((resolve) => {
      spawn(file, rest, { stdio: 'ignore' }).once('exit', resolve);
    });
  return performance.now() - began;
}

export function line(name: string, value: string, against: string): void {
  console.log(`${name.padEnd(46)} ${value.padStart(12)}   ${against}`);
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`;
/** Of milliseconds, too. */
export const us = (value: number): string => `${(value * 1000).toFixed(1)} µs`;
export const ratio = (value: number, base: number): string => `${(value / base).toFixed(2)} ×`;
