import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Connections } from '../../ports/connections.ts';

/** Kernels take 103 bytes (macOS) or 107; ssh puts up to 31 behind the folder while it makes a socket. */
const MAX_FOLDER_BYTES = 72;

/**
 * Masters of OpenSSH, one folder for each run: in the data folder where its path is short enough, else below `/tmp`.
 * `prepare` makes a folder that is this user's alone, or says that it cannot.
 */
export function createConnections(dataDir: string, prepare: (folder: string) => unknown): Connections {
  const closing = new Set<Promise<void>>();
  const inDataDir = Buffer.byteLength(`${dataDir}/c/`) + NAME_LENGTH <= MAX_FOLDER_BYTES;
  const parent = inDataDir ? `${dataDir}/c` : `/tmp/provisioning-${process.getuid?.() ?? 0}`;
  const folderOf = (run: string): string =>
    inDataDir ? `${parent}/${short(run)}` : `${parent}/c-${short(`${dataDir}\n${run}`)}`;
  return {
    folderOf(run) {
      // A folder that is somebody else's is not used: ssh says then that the path is too long.
      return prepare(parent) === undefined ? folderOf(run) : `${dataDir}/c/${short(run)}`;
    },
    close(run) {
      const done = closeConnections(folderOf(run)).finally(() => closing.delete(done));
      closing.add(done);
    },
    closed: async () => {
      await Promise.all(closing);
    },
  };
}

const NAME_LENGTH = 12;
const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, NAME_LENGTH);

/** How long a master may take to go. It has nothing to tell anybody, so it goes at once, or hangs. */
const GOING_MS = 2000;

/**
 * Ends the OpenSSH masters whose sockets lie in a folder, and removes it. What the sessions do that still run through one
 * ends with it. Resolves when all have gone; never rejects.
 */
export async function closeConnections(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => closeMaster(`${folder}/${name}`)));
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** What `ssh -O exit` says, without its process. Packets of OpenSSH's PROTOCOL.mux: length, type, and what belongs to it. */
const HELLO = packet(0x00000001, 4);
const TERMINATE = packet(0x10000005, 0);

function closeMaster(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(path);
  socket.setTimeout(GOING_MS, () => socket.destroy());
  socket.once('connect', () => socket.write(Buffer.concat([HELLO, TERMINATE])));
  // What it answers is of no interest, its end is.
  socket.resume();
  socket.once('error', () => resolve());
  socket.once('close', () => resolve());
  return promise;
}

function packet(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(8, 0);
  bytes.writeUInt32BE(type, 4);
  bytes.writeUInt32BE(value, 8);
  return bytes;
}
