import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { readPart } from './files.ts';
import { CUT, KEPT, layoutOf, OUTPUT, PART, partFile } from './layout.ts';
import type { Cut, Stretch } from './layout.ts';

/** In one piece: who reads meanwhile sees the one before or this one. */
export function writeCut(folder: string, cut: Cut): void {
  const file = `${folder}/${CUT}`;
  writeFileSync(`${file}.tmp`, JSON.stringify(cut), { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
}

const PAGE_BYTES = 256 * 1024;

/**
 * For systems without holes: the newest `tail` bytes go to a file of their own, and the task's file is shortened to its
 * head, behind which the task goes on, because it appends. What it prints in the instant between the last copy and the
 * shortening is lost: microseconds, but not nothing.
 */
export function cutByCopy(folder: string, before: Cut, tail: number): void {
  const log = openSync(`${folder}/${OUTPUT}`, 'r+');
  try {
    const { from, to, part = 0 } = before;
    const at = Math.max(from, fstatSync(log).size - tail);
    const cut = { from, to: to + part + (at - from) };
    const length = copyRest(`${folder}/${OUTPUT}`, at, partFile(folder, cut.to));
    writeCut(folder, { ...cut, part: length });
    ftruncateSync(log, from);
    removeParts(folder, partFile(folder, cut.to));
  } finally {
    closeSync(log);
  }
}

/** All from `at` on, including what comes while it is copied. Returns how much that is. */
function copyRest(source: string, at: number, target: string): number {
  const output = openSync(target, 'w', 0o600);
  try {
    let length = 0;
    for (;;) {
      const { bytes } = readPart(source, at + length, PAGE_BYTES);
      if (bytes.length === 0) return length;
      writeSync(output, bytes);
      length += bytes.length;
    }
  } finally {
    closeSync(output);
  }
}

/** One file without holes, when nobody writes any more. Resolves when it is durable and the others are gone. */
export async function pack(folder: string): Promise<void> {
  const kept = `${folder}/${KEPT}`;
  if (!existsSync(kept)) await gather(folder, kept);
  rmSync(`${folder}/${OUTPUT}`, { force: true });
  removeParts(folder);
}

async function gather(folder: string, kept: string): Promise<void> {
  // One buffer for all: what streams leave behind for the collector would be as large as the log.
  const buffer = Buffer.allocUnsafe(PAGE_BYTES);
  const target = await open(`${kept}.tmp`, 'w', 0o600);
  try {
    for (const stretch of layoutOf(folder).stretches) await copy(stretch, target, buffer);
    await target.sync();
  } finally {
    await target.close();
  }
  await rename(`${kept}.tmp`, kept);
}

async function copy({ file, at, length }: Stretch, target: FileHandle, buffer: Buffer): Promise<void> {
  const source = await open(file);
  try {
    for (let done = 0; done < length;) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, length - done), at + done);
      if (bytesRead === 0) return;
      await target.writeFile(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await source.close();
  }
}

function removeParts(folder: string, but?: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(PART) && `${folder}/${name}` !== but) rmSync(`${folder}/${name}`, { force: true });
}
