import type { JsonRecord } from './json.ts';

export const RESOURCE_KINDS = ['server', 'taskserv', 'cluster', 'app'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** What one resource is called, in the whole store. `workspace` is a real path. */
export interface ResourceKey {
  readonly workspace: string;
  readonly infra: string;
  readonly kind: ResourceKind;
  readonly name: string;
}

/** One record of the inventory: what exists as far as we know, and where it came from. */
export interface Resource extends ResourceKey {
  readonly provider: string | null;
  /** A word of the operation that made it: `created`, `rendered` … */
  readonly status: string;
  /** What was asked for. */
  readonly definition: JsonRecord;
  /** What came out. */
  readonly facts: JsonRecord;
  readonly workflow_id: string;
  readonly task_id: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly updated_at: number;
}

/** An entry of a result's `resources`. */
export type ResourceChange =
  | {
      readonly action: 'put';
      readonly kind: ResourceKind;
      readonly name: string;
      readonly provider: string | null;
      readonly status: string;
      readonly definition: JsonRecord;
      readonly facts: JsonRecord;
    }
  | { readonly action: 'remove'; readonly kind: ResourceKind; readonly name: string };
