/** A task waits for a run that it submitted, says a process that does not execute the task's run. */
export interface WaitNote {
  readonly run: string;
  readonly task: number;
  readonly child: string;
  /** The engine whose lock lives as long as somebody waits; empty: nobody does any more. */
  readonly waiter: string;
}

/** How a command in a task tells the engine that executes the task, where that is no orchestrator with a door. */
export interface WaitNotes {
  /** `false`: no task of this `task_id` runs. */
  add(taskId: string, child: string, waiter: string): boolean;
  /** Whether the note is there still: who executes the task removes it when the wait is over. */
  isOpen(taskId: string, child: string): boolean;
  withdraw(taskId: string, child: string): void;
  /** Of runs that the engine owns. */
  of(owner: string): readonly WaitNote[];
  remove(note: Omit<WaitNote, 'waiter'>): void;
}
