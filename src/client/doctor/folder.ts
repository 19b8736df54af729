import { chmodSync, lstatSync, rmSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { networkFileSystem } from '../../domain/network-fs.ts';
import { readToken } from '../token.ts';
import { UNUSABLE } from './usable.ts';
import { fault, notice } from './facts.ts';
import type { Check, Facts, Finding } from './facts.ts';

const OTHER_FOLDER = 'Set storage.data_dir (or PROVISIONING_STORAGE_DATA_DIR) to a folder of your own on a local disk.';
const MIB = 1024 * 1024;
/** Records, logs and tasks' output want room to end in good order. */
const RESERVE_BYTES = 32 * MIB;
const SOCKET_BYTES = 100;

/** The state folder and the token in it. */
export const folder: Check = (facts) => {
  const { dataDir } = facts.paths;
  const status = statusOf(dataDir);
  const above = statusOf(existing(dataDir));
  if (status === undefined && above?.isDirectory() === false)
    return [
      fault('state_folder', `the state folder ${dataDir} cannot be: ${existing(dataDir)} is no folder`, OTHER_FOLDER),
    ];
  const owned = status === undefined ? [] : ownership(dataDir, status, facts);
  if (owned.some(isDecisive)) return owned;
  return [...owned, ...disk(facts), ...token(facts), ...socketPath(facts)];
};

/** The folder, or what is in it, cannot be used: of what would be in it nothing can be said. */
export const isDecisive = ({ code }: Finding): boolean => code === 'state_folder' || code === UNUSABLE;

function ownership(dataDir: string, status: Stats, { uid }: Facts): readonly Finding[] {
  const bad = (why: string): readonly Finding[] => [
    fault('state_folder', `the state folder ${dataDir} ${why}`, OTHER_FOLDER),
  ];
  if (status.isSymbolicLink()) return bad('is a symbolic link');
  if (!status.isDirectory()) return bad('is no folder');
  if (uid !== -1 && status.uid !== uid) return bad('belongs to another user');
  if ((status.mode & 0o077) === 0) return [];
  const mode = (status.mode & 0o777).toString(8);
  const mend = (): void => {
    chmodSync(dataDir, 0o700);
  };
  return [fault('state_folder_mode', `others may use ${dataDir} (mode ${mode})`, `chmod 700 ${dataDir}`, mend)];
}

function disk({ paths, fileSystem }: Facts): readonly Finding[] {
  const here = existing(paths.dataDir);
  const found = fileSystem(here);
  if (found === undefined) return [];
  const network = networkFileSystem(found.type);
  return [
    ...(network === undefined
      ? []
      : [fault('file_system', `${here} is on ${network}, where locks cannot be relied on`, OTHER_FOLDER)]),
    ...(found.free >= RESERVE_BYTES
      ? []
      : [fault('disk_full', `${here} has ${Math.floor(found.free / MIB)} MiB left`, 'Make room on that disk.')]),
  ];
}

function existing(path: string): string {
  for (let at = path; ; at = dirname(at)) if (statusOf(at) !== undefined || at === dirname(at)) return at;
}

/** Below a file there is nothing. */
function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function token({ paths, found }: Facts): readonly Finding[] {
  const status = statusOf(paths.token);
  const read = readToken(paths.token);
  if (status === undefined || read.ok) return [];
  if (status.isFile() && (status.mode & 0o077) !== 0 && status.uid === process.getuid?.()) {
    const mend = (): void => {
      chmodSync(paths.token, 0o600);
    };
    return [fault('token_mode', read.error.message, `chmod 600 ${paths.token}`, mend)];
  }
  const mend = (): void => {
    rmSync(paths.token);
  };
  const nobody = found.ok && found.value === undefined && status.isFile();
  const fix = `Remove ${paths.token}: the next command makes a new one.`;
  return [fault('token', read.error.message, fix, nobody ? mend : undefined)];
}

function socketPath({ paths, uid }: Facts): readonly Finding[] {
  if (Buffer.byteLength(`${paths.dataDir}/daemon.sock`) <= SOCKET_BYTES) return [];
  const short = `/tmp/provisioning-${uid}`;
  const status = statusOf(short);
  const isGood = status === undefined || (status.isDirectory() && status.uid === uid && (status.mode & 0o077) === 0);
  if (isGood)
    return [
      notice('socket_path', `the path of the socket is too long, so it is in ${short}`, 'Nothing has to be done.'),
    ];
  return [
    fault('socket_folder', `${short}, where the socket would be, is not a private folder of yours`, OTHER_FOLDER),
  ];
}
