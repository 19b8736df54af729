/** Connections to hosts that the tasks of one run share. Tasks open them; they outlive tasks and engines. */
export interface Connections {
  /** Where the tasks of a run keep the sockets of theirs: short enough for sockets in it, and nobody else's. */
  folderOf(run: string): string;
  /** The run has ended: closes what it left open, in the background. */
  close(run: string): void;
  /** Resolves when all that was to be closed is closed. */
  closed(): Promise<void>;
}
