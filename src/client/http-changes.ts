import type { Changes } from '../ports/changes.ts';

/** Another machine tells nothing of its files: it is asked. Who watches is a person. */
const LOOK_AGAIN_MS = 200;

export const httpChanges: Changes = { record: again, output: (_taskId, onChange) => again(onChange) };

function again(onChange: () => void): () => void {
  const timer = setInterval(onChange, LOOK_AGAIN_MS);
  return () => {
    clearInterval(timer);
  };
}
