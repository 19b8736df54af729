import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseDescriptor } from '../api/descriptor.ts';
import type { Descriptor } from '../api/descriptor.ts';
import { PROTOCOL } from '../api/version.ts';
import { holdsName, inodeOf } from './listen-socket.ts';
import { processIdentity } from './process.ts';

export interface RegistrationFiles {
  readonly descriptor: string;
  readonly token: string;
}

/** That others find this orchestrator, and that what they find is this one. */
export interface Registration {
  /** `false`: somebody removed or replaced what it is found by; clients cannot come any more. */
  isMine(): boolean;
  /** Only its own descriptor. */
  remove(): void;
}

/** This process, as its descriptor names it. */
export const describe = (known: Omit<Descriptor, 'pid' | 'start_time' | 'boot_id' | 'protocol'>): Descriptor => ({
  ...known,
  ...processIdentity(),
  pid: process.pid,
  protocol: PROTOCOL,
});

export function register(files: RegistrationFiles, descriptor: Descriptor, token: string): Registration {
  write(files.descriptor, `${JSON.stringify(descriptor, undefined, 2)}\n`);
  const inode = inodeOf(descriptor.socket);
  const isMine = (): boolean =>
    parseDescriptor(read(files.descriptor))?.instance_id === descriptor.instance_id &&
    read(files.token).trim() === token &&
    // A service manager, or a second orchestrator in a folder that was replaced, may have put its own there.
    holdsName(descriptor.socket, inode);
  const remove = (): void => {
    if (parseDescriptor(read(files.descriptor))?.instance_id === descriptor.instance_id)
      rmSync(files.descriptor, { force: true });
  };
  return { isMine, remove };
}

/** Whole or not at all, also after a power cut. */
function write(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, file);
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
