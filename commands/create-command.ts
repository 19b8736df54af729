import * as Flags from '@oclif/core/flags';
import type { JsonRecord } from '../src/domain/json.ts';
import { WORK_FLAGS } from './common-flags.ts';
import { NAMES } from './names.ts';
import { ResourceWork } from './resource-work.ts';

export const CREATE_FLAGS = {
  ...WORK_FLAGS,
  force: Flags.boolean({ description: 'replace what exists with another definition' }),
};

/** `server|taskserv|cluster create`, `app deploy`. */
export abstract class CreateCommand extends ResourceWork {
  static override flags = CREATE_FLAGS;
  static override args = NAMES;

  protected override names(): { readonly names: readonly string[]; readonly all: boolean } {
    return { names: this.argsOf(NAMES).names ?? [], all: false };
  }

  protected override params(): JsonRecord {
    return this.flagsOf(CREATE_FLAGS).force ? { force: true } : {};
  }
}

/** Only what was given. */
export const given = (params: Readonly<Record<string, string | number | readonly string[] | undefined>>): JsonRecord =>
  Object.fromEntries(
    Object.entries(params).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
