import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseRestored } from '../../api/restored.ts';
import type { Restored } from '../../api/restored.ts';
import { sync } from './backup.ts';

/** What waits for a person, if anything does. One that cannot be read holds as well: it says that something happened. */
export function readHold(file: string): Restored | undefined {
  if (!existsSync(file)) return undefined;
  return parseRestored(readFileSync(file, 'utf8')) ?? UNREADABLE;
}

const UNREADABLE: Restored = {
  done: true,
  at: '',
  backup_at: 'an unknown time',
  reason: 'the record of it cannot be read',
  evidence: 'the state folder',
  lost_runs: [],
};

/** Whole or not at all, and durable on return. */
export function writeHold(file: string, restored: Restored): void {
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(restored, undefined, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, file);
  sync(dirname(file));
}

/** A person has looked. What happened stays on record, beside what was moved aside. */
export function liftHold(file: string, restored: Restored): void {
  renameSync(file, existsSync(restored.evidence) ? `${restored.evidence}/restored.json` : `${file}.lifted`);
}
