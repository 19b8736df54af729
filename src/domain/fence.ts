/** How many characters of the boot id stand in a fence. */
const LENGTH = 8;

/**
 * Names an attempt for good: an id, and the boot in which it was claimed. The fence is durable before anything of the
 * attempt is on disk, so after a power cut, which may take any file of the attempt with it, it still says that what is
 * missing now proves nothing. `boot`: empty where the system does not tell.
 */
export const fenceOf = (id: string, boot: string): string => (boot === '' ? id : `${id}.${bootMark(boot)}`);

/** A boot as it stands in a fence. */
export const bootMark = (boot: string): string => boot.slice(0, LENGTH);

/** Whether the attempt was claimed in this boot; `undefined` when nobody knows. */
export function isOfBoot(fence: string, boot: string): boolean | undefined {
  const [, claimedIn] = fence.split('.');
  return claimedIn === undefined || boot === '' ? undefined : claimedIn === bootMark(boot);
}
