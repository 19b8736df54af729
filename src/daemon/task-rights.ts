import { COMMAND_PATHS } from '../api/paths.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Reads } from '../ports/reads.ts';

/**
 * What a task may do with its own token: say of itself how far it is and what its next attempt is to find, submit runs,
 * wait for them and read them. Nothing else, so that a script which leaks it gives away no more than that.
 */
export async function forbiddenToTask(
  reads: Reads,
  taskId: string,
  { method, path }: { readonly method: string; readonly path: string },
): Promise<Failure | undefined> {
  const known = path.replace(/^\/v1(?=\/)/, '');
  return (await isAllowed(reads, taskId, `${method} ${known}`))
    ? undefined
    : failure('forbidden', 'a task’s own token is not good for that', {
        hint: 'It is good for the progress and the checkpoint of its task, and for runs that this one submits.',
      });
}

const SUBMITS = new Set(['/workflows', ...Object.keys(COMMAND_PATHS)].map((path) => `POST ${path}`));
const OWN = /^POST \/tasks\/([^/]+)\/(?:progress|checkpoint|wait)$/;
const RUN = /^GET \/workflows\/([^/]+)(?:\/(?:definition|events|why))?$/;
const TASK = /^GET \/tasks\/([^/]+)(?:\/log)?$/;

async function isAllowed(reads: Reads, taskId: string, asked: string): Promise<boolean> {
  if (SUBMITS.has(asked)) return true;
  const own = OWN.exec(asked)?.[1];
  if (own !== undefined) return own === taskId;
  const run = RUN.exec(asked)?.[1];
  if (run !== undefined) return isChild(reads, taskId, run);
  const task = TASK.exec(asked)?.[1];
  if (task === undefined || task === taskId) return task === taskId;
  const found = await reads.task(task);
  return found.ok && isChild(reads, taskId, found.value.workflow_id);
}

async function isChild(reads: Reads, taskId: string, run: string): Promise<boolean> {
  const found = await reads.run(run);
  return found.ok && found.value.parent?.task_id === taskId;
}
