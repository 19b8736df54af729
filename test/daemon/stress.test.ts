import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import type { RunSummary } from '../../src/api/documents.ts';
import { processStat } from '../../src/client/proc.ts';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { processesOf } from '../rig/leaks.ts';
import { kill } from '../rig/processes.ts';

const FLOW = '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]}}]}';
/** A hundred once; a hundred in each of the twenty rounds would take this machine five minutes. */
const FIRST = 100;
const NEXT = 12;
/** With a hundred programs on its cores this machine is as slow as one of a CI, where an orchestrator has a minute to start. */
const SLOW = { env: { CI: 'true' } };

/** What an orchestrator has just forked for a task is still called like it. */
function daemonsOf(home: Home) {
  const found = processesOf(home).filter(({ line }) => line.includes('__daemon'));
  return found.filter(({ pid }) => {
    const stat = processStat(pid);
    return stat !== undefined && !found.some((other) => other.pid === stat.parent);
  });
}

/** How often one became ready. */
const started = (home: Home): number =>
  readFileSync(`${home.dataDir}/daemon.log`, 'utf8').match(/"event":"ready"/g)?.length ?? 0;

test('a hundred cold commands at once, and twenty rounds with five kills: never two orchestrators, every exit code 0', async ({
  home,
  provisioning,
}) => {
  home.write('flow.json', FLOW);
  const killed = new Set<number>();
  let commands = 0;
  for (let round = 0; round < 20; round += 1) {
    const count = round === 0 ? FIRST : NEXT;
    const ran = await Promise.all(Array.from({ length: count }, () => provisioning('workflow submit flow.json', SLOW)));
    expect(ran.filter(({ code }) => code !== 0)).toEqual([]);
    commands += count;
    const [one, ...others] = daemonsOf(home).filter(({ pid }) => !killed.has(pid));
    expect([one === undefined, others]).toEqual([false, []]);
    expect(started(home)).toBe(killed.size + 1);
    if (round % 4 !== 3) continue;
    // Nobody waits for its end: the next commands come while it dies.
    kill(one?.pid ?? 0);
    killed.add(one?.pid ?? 0);
  }
  const { running } = (await provisioning('orchestrator start --json')).json<StatusDocument>();
  expect(running).toBe(true);
  expect({ kills: killed.size, started: started(home) }).toEqual({ kills: 5, started: 6 });
  const runs = async () => (await provisioning('workflow list --json')).json<readonly RunSummary[]>();
  expect((await runs()).length).toBe(commands);
  await expect
    .poll(async () => (await runs()).every(({ status }) => status === 'completed'), { timeout: 240_000, interval: 500 })
    .toBe(true);
}, 900_000);
