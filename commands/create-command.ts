import type { JsonRecord } from '../src/domain/json.ts';
import { WORK_FLAGS } from './common-flags.ts';
import { NAMES } from './names.ts';
import { ResourceWork } from './resource-work.ts';

/** `server|taskserv|cluster create`, `app deploy`. */
export abstract class CreateCommand extends ResourceWork {
  static override flags = WORK_FLAGS;
  static override args = NAMES;

  protected override names(): { readonly names: readonly string[]; readonly all: boolean } {
    return { names: this.argsOf(NAMES).names ?? [], all: false };
  }
}

/** Only what was given. */
export const given = (params: Readonly<Record<string, string | number | readonly string[] | undefined>>): JsonRecord =>
  Object.fromEntries(
    Object.entries(params).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
