import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import type { Room } from '../../ports/room.ts';

const RESERVE_BYTES = 8 * 1024 * 1024;
/** Of a small file system no more than this part. */
const SMALL_PART = 16;
const PIECE_BYTES = 64 * 1024;

/** `reserve`: the file that is given up when the disk is full. Nothing is written before the first `look`. */
export function createRoom(reserve: string): Room {
  let isFull = false;
  const put = (): boolean => statSync(reserve, { throwIfNoEntry: false }) !== undefined || fill(reserve);
  return {
    get isFull() {
      return isFull;
    },
    noticed() {
      isFull = true;
      rmSync(reserve, { force: true });
    },
    look() {
      if (put()) isFull = false;
    },
  };
}

/** For who only looks: whether an engine of this folder has given up its reserve, and cannot have it back yet. */
export function lacksRoom(reserve: string): boolean {
  try {
    return statSync(reserve, { throwIfNoEntry: false }) === undefined && sizeThatFits(reserve) === undefined;
  } catch {
    return false;
  }
}

/** As much again has to be free, or the disk would be full with the next record. */
function sizeThatFits(reserve: string): number | undefined {
  const { bavail, bsize, blocks } = statfsSync(reserve.slice(0, reserve.lastIndexOf('/')));
  const size = Math.min(RESERVE_BYTES, Math.floor((blocks * bsize) / SMALL_PART));
  return bavail * bsize < 2 * size ? undefined : size;
}

function fill(reserve: string): boolean {
  const draft = `${reserve}.new`;
  try {
    const size = sizeThatFits(reserve);
    if (size === undefined) return false;
    write(draft, size);
    renameSync(draft, reserve);
    return true;
  } catch {
    rmSync(draft, { force: true });
    return false;
  }
}

/** Random: a file system that compresses would put nothing by. */
function write(file: string, size: number): void {
  const piece = randomBytes(PIECE_BYTES);
  const descriptor = openSync(file, 'w', 0o600);
  try {
    for (let written = 0; written < size; written += PIECE_BYTES) writeSync(descriptor, piece);
  } finally {
    closeSync(descriptor);
  }
}
