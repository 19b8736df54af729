import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Places } from './paths.ts';
import { WORKSPACE_DOCUMENT } from './workspace.ts';
import type { Workspace } from './workspace.ts';

export type LayerName = 'shipped' | 'system' | 'user' | 'workspace';

export interface Candidate {
  readonly file: string;
  readonly layer: LayerName;
}

/** Every document that may exist, the lowest layer first. */
export function candidates(places: Places, workspace: Workspace | undefined): readonly Candidate[] {
  const shipped = join(places.systemRoot, 'usr/local/share/provisioning');
  const system = join(places.systemRoot, 'etc/provisioning');
  const user = join(places.configHome, 'provisioning');
  return [
    { file: join(shipped, 'config/config.defaults.toml'), layer: 'shipped' },
    { file: join(shipped, 'platform/config.toml'), layer: 'shipped' },
    { file: join(system, 'config.toml'), layer: 'system' },
    { file: join(system, 'platform.toml'), layer: 'system' },
    { file: join(user, 'config.toml'), layer: 'user' },
    { file: join(user, 'platform.toml'), layer: 'user' },
    ...(workspace?.declared === true
      ? [{ file: join(workspace.root, WORKSPACE_DOCUMENT), layer: 'workspace' } as const]
      : []),
  ];
}

/** The text of a document; `undefined` where there is none. What is there and cannot be read is a failure. */
export function readText(file: string): Result<string | undefined, Failure> {
  try {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return ok(undefined);
    const bytes = readFileSync(file);
    if (isUtf8(bytes)) return ok(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    return err(failure('config_invalid', 'This document is not UTF-8 text.', { place: { file } }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return ok(undefined);
    const { message, hint } = READ_FAILURES[code] ?? { message: `This document cannot be read (${code}).` };
    return err(failure('config_invalid', message, { place: { file }, hint }));
  }
}

const READ_FAILURES: Readonly<Record<string, { readonly message: string; readonly hint?: string }>> = {
  EACCES: {
    message: 'This document is not readable for you.',
    hint: 'Ask its owner for the right to read it, and its folder.',
  },
  EISDIR: { message: 'This is a folder, where a document should be.', hint: 'Remove it, or give it another name.' },
};
