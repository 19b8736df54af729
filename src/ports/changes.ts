/**
 * Being told instead of asking again and again. `onChange` is called soon after something may have changed, and now and
 * then although nothing has; never after the returned function was called.
 */
export interface Changes {
  /** What runs do. */
  readonly record: (onChange: () => void) => () => void;
  /** What a task prints, in whichever attempt. */
  readonly output: (taskId: string, onChange: () => void) => () => void;
}
