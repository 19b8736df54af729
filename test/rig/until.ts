import { setTimeout as pause } from 'node:timers/promises';

/** How long something may take on a machine that has much else to do. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 2;

/** As `expect.poll`, which tests that run at the same time cannot use here. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !condition(); await pause(LOOK_AGAIN_MS))
    if (Date.now() > deadline) throw new Error(`${PATIENCE_MS} ms were not enough until ${what}`);
}
