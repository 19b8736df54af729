import { readdirSync, watch } from 'node:fs';
import { dirname, basename } from 'node:path';
import type { Changes } from '../../ports/changes.ts';

export interface Places {
  /** The SQLite file; what is new stands in a file beside it. */
  readonly store: string;
  readonly folderOf: (taskId: string) => string;
}

/** Many writes in a row are one piece of news. */
const GATHER_MS = 15;
/** Where nobody tells (a file system of another machine, no watches left), this is how late it is noticed. */
const LOOK_ANYWAY_MS = 200;
/** And where they should: nothing promises that they always do. */
const LOOK_SOMETIMES_MS = 1000;

/** What is told of changes in a folder, to whom. */
type Notice = (folder: string, concerns: (name: string) => boolean, onChange: () => void) => () => void;

/** The system tells when a file was written to (inotify and its like). `sometimesMs`: only tests wait longer. */
export function createFileChanges({ store, folderOf }: Places, sometimesMs = LOOK_SOMETIMES_MS): Changes {
  const notice = noticing(sometimesMs);
  return {
    record: (onChange) => notice(dirname(store), (name) => name.startsWith(basename(store)), onChange),
    output: (taskId, onChange) => watchAttempts(folderOf(taskId), onChange, notice),
  };
}

const noticing =
  (sometimesMs: number): Notice =>
  (folder, concerns, onChange) => {
    let soon: NodeJS.Timeout | undefined;
    const tell = (): void => {
      soon ??= setTimeout(() => {
        soon = undefined;
        onChange();
      }, GATHER_MS);
    };
    const stop = watchFolder(folder, (name) => void (concerns(name) && tell()));
    const timer = setInterval(onChange, stop === undefined ? LOOK_ANYWAY_MS : sometimesMs);
    return () => {
      clearInterval(timer);
      clearTimeout(soon);
      stop?.();
    };
  };

/** A task's folder tells of new attempts only; what is printed stands in the folder of the latest one. */
function watchAttempts(folder: string, onChange: () => void, notice: Notice): () => void {
  let watched: string | undefined;
  let stopLatest = (): void => undefined;
  const look = (): void => {
    const name = latestIn(folder);
    if (name === watched) return;
    stopLatest();
    watched = name;
    if (name !== undefined) stopLatest = notice(`${folder}/${name}`, () => true, onChange);
  };
  const stop = notice(
    folder,
    () => true,
    () => {
      look();
      onChange();
    },
  );
  look();
  return () => {
    stop();
    stopLatest();
  };
}

/** Folders are named `ATTEMPT-FENCE`. */
function latestIn(folder: string): string | undefined {
  try {
    const names = readdirSync(folder);
    return names.toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10) || (a < b ? -1 : 1)).at(-1);
  } catch {
    return undefined;
  }
}

function watchFolder(folder: string, onName: (name: string) => void): (() => void) | undefined {
  try {
    const watcher = watch(folder, (_event, name) => {
      onName(name ?? '');
    });
    // The folder was removed: gc.
    watcher.on('error', () => {
      watcher.close();
    });
    return () => {
      watcher.close();
    };
  } catch {
    return undefined;
  }
}
