/** New names that nobody else has. */
export interface Ids {
  /** UUIDv7: sorts by time of creation. */
  next(): string;
  /** For an attempt: like `next`, with the boot of the machine in it. See domain/fence.ts. */
  fence(): string;
  /** That boot, as it stands in a fence; empty where the system does not tell. */
  boot(): string;
}
