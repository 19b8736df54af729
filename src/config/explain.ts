import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Key, KeyPath } from './keys.ts';
import { originText } from './origin.ts';
import type { Said } from './origin.ts';
import type { Resolved } from './resolve.ts';
import type { Scope } from './key-spec.ts';
import { valueOf } from './show.ts';
import { findKey } from './unknown.ts';
import { describe } from './value-type.ts';
import type { Value } from './value-type.ts';

/** The data of `config explain KEY`. */
export interface KeyExplanation {
  readonly key: KeyPath;
  readonly value: Value;
  /** What the key accepts, as it reads after "must be". */
  readonly type: string;
  /** In words where it depends; otherwise as JSON. */
  readonly default: string;
  readonly meaning: string;
  /** `null`: keys of pools have none. */
  readonly variable: string | null;
  readonly aliases: readonly string[];
  readonly scope: Scope;
  /** Why a workspace may not set it; `null` where it may. */
  readonly refused_in_workspace: string | null;
  /** Every layer's word, the highest first. Several may win in a table, which is merged name by name. */
  readonly layers: readonly { readonly value: Value; readonly origin: string; readonly won: boolean }[];
}

/** `path` is `section.key`, an older name of it, or its variable. */
export function explainKey(resolved: Resolved, path: string): Result<KeyExplanation, Failure> {
  const found = findKey(path);
  if (!('key' in found)) return err(failure('not_found', found.message, { hint: found.hint }));
  const { key } = found;
  const layers = resolved.layers.filter((layer) => layer.key === key.path);
  return ok({
    key: key.path,
    value: valueOf(resolved, key),
    type: describe(key.type),
    default: defaultText(key, layers),
    meaning: key.meaning,
    variable: key.variable ?? null,
    aliases: key.aliases,
    scope: key.scope,
    refused_in_workspace: key.refusedInWorkspace ?? null,
    layers: layers
      .map((layer, index) => ({
        value: layer.value,
        origin: withReason(layer),
        won: won(layer, layers.slice(index + 1)),
      }))
      .toReversed(),
  });
}

/** The first layer is the built-in one. */
const defaultText = (key: Key, layers: readonly Said[]): string =>
  key.defaultText ?? JSON.stringify(layers[0]?.value ?? null);

function withReason({ origin }: Said): string {
  const because = origin.kind === 'builtin' ? origin.because : undefined;
  return because === undefined ? originText(origin) : `${originText(origin)} (${because})`;
}

function won({ value }: Said, higher: readonly Said[]): boolean {
  if (!isRecord(value)) return higher.length === 0;
  const names = Object.keys(value);
  const hidden = (name: string) => higher.some((layer) => isRecord(layer.value) && Object.hasOwn(layer.value, name));
  return names.some((name) => !hidden(name));
}
