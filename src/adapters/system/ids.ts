import { randomUUIDv7 } from 'node:crypto';
import type { Ids } from '../../ports/ids.ts';

export const createIds = (): Ids => ({ next: () => randomUUIDv7() });
