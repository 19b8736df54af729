/** New names that nobody else has. */
export interface Ids {
  /** UUIDv7: sorts by time of creation. */
  next(): string;
}
