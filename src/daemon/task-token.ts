import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a task gets in the user's token's stead (`PROVISIONING_TASK_TOKEN`, beside `PROVISIONING_SOCKET`): good for what
 * `task-rights.ts` says, and only while this attempt runs. It names its task, so that it can be sent alone. It can be checked after a restart of the orchestrator without
 * being stored, and it cannot be turned back into the token. An attempt's number names one process at most: only a
 * claim whose process never began is taken back and numbered again.
 */
export const taskToken = (userToken: string, taskId: string, attempt: number): string =>
  `${taskId}.${createHmac('sha256', userToken).update(`${taskId}:${attempt}`).digest('base64url')}`;

/** The task that a token says it belongs to; `undefined`: it is no task's. */
export const taskOfToken = (token: string): string | undefined => /^([^.]+)\.[^.]+$/.exec(token)?.[1];

/** In constant time, also where the lengths differ. */
export const sameToken = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
