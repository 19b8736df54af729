import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { line, median, ms, timeOf, us } from './measure.ts';

/** What the machine itself costs where the state lies: no figure of ours can be better than what it does of these. */
export function floors(home: string): void {
  const folder = join(home, 'floors');
  mkdirSync(folder);
  try {
    line('making a file where the state lies', us(creations(folder)), 'an attempt makes three, and two folders');
    line('making a folder there', us(folders(folder)), '');
    line('a durable append (fdatasync) there', us(syncs(folder)), 'a turn of the loop makes one');
    const [bare, session] = [forks('/bin/true'), forks('setsid /bin/sh -c true')];
    line('fork and exec of /bin/true, by sh', ms(bare), `${(1000 / bare).toFixed(0)}/s, one after the other`);
    line('… of setsid, and that of sh', ms(session), 'what each attempt needs, whoever starts it');
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log();
}

const ROUNDS = 300;

/** Median of single ones, in milliseconds. */
function each(act: (round: number) => void): number {
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const began = performance.now();
    act(round);
    return performance.now() - began;
  });
  return median(times);
}

const creations = (folder: string): number =>
  each((round) => {
    closeSync(openSync(join(folder, `f${round}`), 'wx'));
  });

const folders = (folder: string): number =>
  each((round) => {
    mkdirSync(join(folder, `d${round}`));
  });

function syncs(folder: string): number {
  const file = join(folder, 'log');
  writeFileSync(file, '');
  const descriptor = openSync(file, 'a');
  try {
    return each(() => {
      writeSync(descriptor, 'x'.repeat(4096));
      fdatasyncSync(descriptor);
    });
  } finally {
    closeSync(descriptor);
  }
}

/** By a small process: what a fork costs depends on the size of who forks. */
function forks(command: string): number {
  const script = `i=0; while [ $i -lt ${ROUNDS} ]; do ${command}; i=$((i+1)); done`;
  return median([1, 2, 3].map(() => timeOf({ argv: ['sh', '-c', script] }))) / ROUNDS;
}
