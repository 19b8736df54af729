import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { cutByCopy, pack, writeCut } from './cut.ts';
import { tolerant } from './descriptors.ts';
import { readPart, sizeOf } from './files.ts';
import { CUT, layoutOf, OUTPUT } from './layout.ts';

/** Bytes of an attempt's output on disk. Between two looks a task may print more than the limit for a moment. */
export interface Cap {
  /** More than this is cut. */
  readonly limit: number;
  /** From the beginning, always kept. */
  readonly head: number;
  /** From the end, kept by each cut. */
  readonly tail: number;
  /** Gives back the disk space of a stretch; false where the system cannot. */
  readonly punch: (file: string, from: number, to: number) => Promise<boolean>;
}

const MB = 1024 * 1024;
const DEFAULT_CAP: Cap = { limit: 50 * MB, head: 10 * MB, tail: 20 * MB, punch: punchHole };
const TICK_MS = 250;

interface Capped {
  readonly folder: string;
  cutting: Promise<void> | undefined;
}

export interface Capper {
  /** The returned function looks a last time, and packs what is left if `isAlive` says that nobody writes any more. */
  follow(folder: string, isAlive: () => boolean): () => Promise<void>;
}

/**
 * Keeps head and newest end of what tasks print. The task's own file stays, and the task does not notice: a hole is
 * made into it, which takes space away from bytes that nobody is writing, so that none is lost and no offset moves.
 */
export function createCapper(cap: Cap = DEFAULT_CAP): Capper {
  const capped = new Set<Capped>();
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    for (const one of capped) if (one.cutting === undefined && isOver(one.folder, cap)) void begin(one, cap);
  };
  return {
    follow(folder, isAlive) {
      const one: Capped = { folder, cutting: undefined };
      capped.add(one);
      timer ??= setInterval(tick, TICK_MS).unref();
      return async () => {
        capped.delete(one);
        if (capped.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        await one.cutting;
        if (isOver(folder, cap)) await begin(one, cap);
        if (existsSync(`${folder}/${CUT}`) && tolerant(isAlive) === false) await tolerably(pack(folder));
      };
    },
  };
}

async function begin(one: Capped, cap: Cap): Promise<void> {
  one.cutting = tolerably(cut(one.folder, cap));
  await one.cutting;
  one.cutting = undefined;
}

/** A log that cannot be shortened, because the disk is full, say, is no reason to give up the work. */
async function tolerably(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch {
    // It is looked at again at the next tick, and stays readable as it is.
  }
}

/** A cheap look: most tasks never print so much. */
function isOver(folder: string, { limit }: Cap): boolean {
  const size = sizeOf(`${folder}/${OUTPUT}`) ?? 0;
  if (size <= limit) return false;
  const layout = tolerant(() => layoutOf(folder));
  return layout !== undefined && layout.stretches.reduce((sum, { length }) => sum + length, 0) > limit;
}

async function cut(folder: string, cap: Cap): Promise<void> {
  const { cut: before, total } = layoutOf(folder);
  if (before?.part !== undefined) return cutByCopy(folder, before, cap.tail);
  const log = `${folder}/${OUTPUT}`;
  const from = before?.from ?? lineEnd(log, cap.head);
  const to = lineStart(log, total - cap.tail);
  // First said, then done: who reads in between leaves out what is still there.
  writeCut(folder, { from, to });
  if (await cap.punch(log, from, to)) return;
  cutByCopy(folder, { from, to: from }, cap.tail);
}

const WINDOW_BYTES = 64 * 1024;

/** Where the last line ends that ends before `limit`; in one that is too long, where a character does. */
function lineEnd(log: string, limit: number): number {
  const { bytes } = readPart(log, Math.max(0, limit - WINDOW_BYTES), Math.min(limit, WINDOW_BYTES));
  const newline = bytes.lastIndexOf(NEWLINE);
  const start = limit - bytes.length;
  if (newline >= 0) return start + newline + 1;
  return start + bytes.findLastIndex((byte) => !isContinuation(byte));
}

/** Where the first line begins that begins after `offset`; in one that is too long, where a character does. */
function lineStart(log: string, offset: number): number {
  const { bytes } = readPart(log, offset, WINDOW_BYTES);
  const newline = bytes.indexOf(NEWLINE);
  return offset + (newline >= 0 ? newline + 1 : bytes.findIndex((byte) => !isContinuation(byte)));
}

const NEWLINE = 0x0a;
const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** By util-linux: Node has no call for it. */
async function punchHole(file: string, from: number, to: number): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    await promisify(execFile)('fallocate', ['--punch-hole', '--offset', `${from}`, '--length', `${to - from}`, file]);
    return true;
  } catch {
    // No such program, or a file system without holes.
    return false;
  }
}
