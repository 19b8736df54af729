import type { Steered } from './responses.ts';

export const steeredDocument = (
  workflow_id: string,
  { status, already }: { readonly status: Steered['status']; readonly already: boolean },
): Steered => ({ workflow_id, status, ...(already ? { already } : {}) });
