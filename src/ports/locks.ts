/** A kernel lock: it is gone when its process is gone, however that ended. */
export interface Lock {
  release(): void;
}

export interface Locks {
  /** `undefined` when another process holds it. Readers that probe at the same instant do not make this fail. */
  acquire(file: string): Lock | undefined;
  /** As `acquire`, but at once: a reader at the same instant makes it fail too. For who can ask again. */
  tryAcquire(file: string): Lock | undefined;
  /** Whether some process, this one included, holds it now. */
  isHeld(file: string): boolean;
  /** Takes the file away, unless somebody holds it. Who comes for it at the same instant holds a new one. */
  remove(file: string): boolean;
}
