import type { Workflow } from '../domain/workflow.ts';
import type { Results } from './resolve.ts';
import { taskOf } from './view.ts';
import type { RunView } from './view.ts';

/** What the tasks of a run that have completed say: the fields of their results, and `message` where there is one. */
export const resultsOf =
  (view: RunView): Results =>
  (id) => {
    const task = indexOf(view.workflow).get(id);
    const state = task === undefined ? undefined : taskOf(view, task);
    if (state?.status !== 'completed') return undefined;
    return state.message === null ? state.result : { ...state.result, message: state.message };
  };

/** Made once for each workflow whose tasks use results; it goes when the run does. */
const indices = new WeakMap<Workflow, ReadonlyMap<string, number>>();

function indexOf(workflow: Workflow): ReadonlyMap<string, number> {
  let index = indices.get(workflow);
  if (index === undefined) {
    index = new Map(workflow.operations.map(({ id }, task) => [id, task]));
    indices.set(workflow, index);
  }
  return index;
}
