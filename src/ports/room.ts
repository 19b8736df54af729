/** Whether the disk of the state folder has room. */
export interface Room {
  /** Nothing new is begun. */
  readonly isFull: boolean;
  /** There was no room for something: what had been put by for that is given up, so that running tasks can end. */
  noticed(): void;
  /** Puts by what is given up then, and so finds out that there is room again. */
  look(): void;
}
