import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Json } from '../../domain/json.ts';
import { attemptsUpTo } from './attempts.ts';
import { exitOf } from './trace.ts';

/** What the task writes, whole or torn. */
const OWN = 'checkpoint.json';
/** The last whole one that we have seen, durable. */
const SAVED = 'checkpoint.saved.json';

/**
 * The newest checkpoint of a task up to the attempt in `folder`, which need not exist; `null` where there is none. A
 * torn one does not count. Attempts that ended well are done with: what comes after one begins anew.
 */
export function lastCheckpoint(folder: string): Json {
  for (const { folder: attempt } of attemptsUpTo(folder)) {
    const ended = exitOf(attempt);
    if (ended?.kind === 'exited' && ended.code === 0 && attempt !== folder) return null;
    const found = read(`${attempt}/${OWN}`) ?? read(`${attempt}/${SAVED}`);
    if (found !== undefined) return found.value;
  }
  return null;
}

/** Saves the checkpoints of running tasks every `intervalMs`; each once more when its attempt is let go. */
export function createKeeper(intervalMs: number): { keep(folder: string): () => void } {
  const kept = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const look = (folder: string): void => {
    kept.set(folder, save(folder, kept.get(folder)));
  };
  return {
    keep(folder) {
      kept.set(folder, NEVER);
      timer ??= setInterval(() => {
        for (const one of kept.keys()) look(one);
      }, intervalMs).unref();
      return () => {
        look(folder);
        kept.delete(folder);
        if (kept.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** What the task said over the wire, where it would have written it: the last word counts, however it was said. */
export function writeCheckpoint(folder: string, checkpoint: Json): void {
  // Not the name that a task's own draft has: it may be writing just now.
  const draft = `${folder}/${OWN}.said`;
  writeFileSync(draft, JSON.stringify(checkpoint), { mode: 0o600, flush: true });
  renameSync(draft, `${folder}/${OWN}`);
  syncFolder(folder);
}

const NEVER = -1;

/** Makes a copy that survives a power cut, and a task that dies while it writes the next one. Gives its time of change. */
function save(folder: string, seen: number | undefined): number {
  const changed = changedAt(`${folder}/${OWN}`);
  if (changed === NEVER || changed === seen) return changed;
  const found = read(`${folder}/${OWN}`);
  if (found === undefined) return NEVER;
  try {
    const copy = `${folder}/${SAVED}.tmp`;
    writeFileSync(copy, found.text, { mode: 0o600, flush: true });
    renameSync(copy, `${folder}/${SAVED}`);
    syncFolder(folder);
    return changed;
  } catch {
    // A full disk: the task's own file is still there, and the next look tries again.
    return NEVER;
  }
}

function changedAt(file: string): number {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? NEVER;
  } catch {
    // Its folder is closed to us.
    return NEVER;
  }
}

/** `undefined`: it is not there, is no plain file (a pipe would block us), or is torn. */
function read(file: string): { readonly text: string; readonly value: Json } | undefined {
  try {
    if (!lstatSync(file).isFile()) return undefined;
    const text = readFileSync(file, 'utf8');
    return { text, value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
