import { readlinkSync } from 'node:fs';
import { isInheritable, processStat } from '../proc.ts';
import { fault, notice } from './facts.ts';
import type { Check, Facts, Finding } from './facts.ts';
import { list, text } from './look.ts';

/** What Linux tells of processes: ours, and those that nobody takes care of. Elsewhere: nothing. */
export const processes: Check = async (facts) => [...leaks(facts), ...unreaped(facts), ...(await orphans(facts))];

/** What a shell had open when it started the orchestrator by hand stays open, and locked, as long as that lives. */
function leaks({ found, proc }: Facts): readonly Finding[] {
  const health = found.ok && found.value?.descriptor ? found.value.health : undefined;
  if (health === undefined) return [];
  const folder = `${proc}/${health.pid}`;
  const leaked = list(`${folder}/fd`).filter((fd) => Number(fd) > 2 && isInheritable(health.pid, Number(fd), proc));
  if (leaked.length === 0) return [];
  const what = leaked.map((fd) => `${fd} (${target(`${folder}/fd/${fd}`)})`).join(', ');
  return [
    fault(
      'leaked_descriptors',
      `the orchestrator (pid ${health.pid}) keeps open what its starter had: ${what}`,
      'Restart it from a shell without these, or let commands start it by themselves.',
    ),
  ];
}

/** Dead children of process 1 that stay are a container without an init. They pile up; we tell them from the living. */
function unreaped({ proc }: Facts): readonly Finding[] {
  const dead = pids(proc).filter((pid) => {
    const stat = processStat(pid, proc);
    return stat?.state === 'Z' && stat.parent === 1;
  });
  if (dead.length === 0) return [];
  const message = `process 1 does not bury its dead: ${dead.length} of them`;
  return [
    notice('no_reaper', message, 'Start the container with an init (docker run --init), or tini as its command.'),
  ];
}

/** Processes of tasks that the records do not know as running. */
async function orphans({ proc, paths, reads }: Facts): Promise<readonly Finding[]> {
  const marked = pids(proc).flatMap((pid) => {
    const environment = text(`${proc}/${pid}/environ`);
    const folder = /(?:^|\0)PROVISIONING_TASK_DIR=([^\0]*)/.exec(environment)?.[1];
    const task = /(?:^|\0)PROVISIONING_TASK_ID=([^\0]*)/.exec(environment)?.[1];
    const isDead = processStat(pid, proc)?.state === 'Z';
    return task !== undefined && !isDead && folder?.startsWith(`${paths.tasks}/`) === true ? [{ pid, task }] : [];
  });
  const lost: string[] = [];
  for (const { pid, task } of marked) {
    const known = await reads.task(task);
    if (!known.ok || known.value.task.status !== 'running') lost.push(`${pid} (task ${task})`);
  }
  if (lost.length === 0) return [];
  const message = `processes of tasks that have ended are still there: ${lost.join(', ')}`;
  return [fault('orphans', message, 'Look what they do, then end them: kill PID')];
}

const pids = (proc: string): readonly number[] =>
  list(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return 'gone';
  }
}
