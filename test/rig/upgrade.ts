import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { StatusDocument } from '../../src/api/responses.ts';
import type { CliFixtures } from './cli-test.ts';

/** An installation, and how the next version is put over it while it runs. */
export interface Installation {
  readonly program: readonly [string, ...string[]];
  readonly version: string;
  readonly next: string;
  readonly replace: () => void;
}

const FIRST = ['a1', 'a2', 'a3', 'a4', 'a5'];
const SECOND = ['b1', 'b2', 'b3', 'b4', 'b5'];

/** Ten tasks are on their way when the program is replaced. Every command works, and each task is executed once. */
export async function upgradeWhileTasksRun(
  { home, provisioning: run, tasks }: Pick<CliFixtures, 'home' | 'provisioning' | 'tasks'>,
  { program, version, next, replace }: Installation,
): Promise<void> {
  const provisioning = async (args: string) => {
    const ran = await run(args, { program });
    expect({ args, code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 0 });
    return ran;
  };
  const operations = [
    ...FIRST.map((id) => tasks.operation(id)),
    ...SECOND.map((id, index) => tasks.operation(id, { dependencies: [FIRST[index]] })),
  ];
  home.write('ten.json', JSON.stringify({ name: 'ten', operations }));
  home.write('one.json', '{"name":"one","operations":[{"id":"o","type":"command.run","params":{"argv":["true"]}}]}');
  const id = (await provisioning('workflow submit ten.json --quiet')).stdout.trim();
  const begun = await Promise.all(FIRST.map((name) => tasks.began(name)));
  for (const task of begun.slice(0, 2)) task.tell({ exit: 0 });
  const later = [await tasks.began('b1'), await tasks.began('b2')];
  replace();
  expect((await provisioning('version')).stdout).toContain(next);
  const before = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  expect(before).toMatchObject({ running: true, version, running_tasks: 5 });
  for (const verb of ['status', 'events', 'why', 'logs']) await provisioning(`workflow ${verb} ${id}`);
  await provisioning('workflow list');
  await provisioning('workflow submit one.json --wait');
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ pid: before.pid });
  begun[2]?.tell({ exit: 0 });
  later.push(await tasks.began('b3'));
  const after = (await provisioning('orchestrator restart --json')).json<StatusDocument>();
  expect(after.pid).not.toBe(before.pid);
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ version: next, running_tasks: 5 });
  for (const task of [...later, ...begun.slice(3)]) task.tell({ exit: 0 });
  for (const name of ['b4', 'b5']) (await tasks.began(name)).tell({ exit: 0 });
  const ended = await run(`workflow monitor ${id}`, { program });
  expect(ended.code).toBe(0);
  const { status, tasks: all } = (await provisioning(`workflow status ${id} --json`)).json<RunDocument>();
  expect(status).toBe('completed');
  expect(all.map((task) => [task.id, task.status, task.attempts])).toEqual(
    [...FIRST, ...SECOND].map((name) => [name, 'completed', 1]),
  );
  const events = (await provisioning(`workflow events ${id}`)).stdout;
  expect(events.match(/"type":"task\.started"/g)).toHaveLength(10);
  await expect.poll(() => tasks.running()).toEqual([]);
  await provisioning('workflow submit one.json --wait');
}
