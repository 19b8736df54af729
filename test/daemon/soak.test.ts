import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import { costAtRest, UNTIL_REST_MS } from '../rig/at-rest.ts';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';

/** A day's work in a few minutes: `PROVISIONING_TEST_SOAK=10000`. */
const TASKS = Number(process.env['PROVISIONING_TEST_SOAK'] ?? '600');
const TASKS_PER_RUN = 100;
const GROWTH_BYTES = 30e6;
const hasProc = process.platform === 'linux';

const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

const eventsOf = (home: Home): string[] =>
  [...readFileSync(`${home.dataDir}/daemon.log`, 'utf8').matchAll(/"event":"(\w+)"/g)].map(([, event = '']) => event);

function flow(home: Home, name: string, count: number): string {
  const operations = Array.from({ length: count }, (_, index) => ({
    id: `t${index}`,
    type: 'command.run',
    params: { argv: ['true'] },
  }));
  home.write(`${name}.json`, JSON.stringify({ name, operations }));
  return `workflow submit ${name}.json --wait --quiet`;
}

test.runIf(hasProc)(
  `${TASKS} tasks through one orchestrator leave it as large as it was, with as many files open, and then at rest`,
  { timeout: 1_200_000 },
  async ({ home, provisioning }) => {
    const submit = flow(home, 'flow', TASKS_PER_RUN);
    const status = async () => (await provisioning('orchestrator status --json')).json<StatusDocument>();
    const runs = TASKS / TASKS_PER_RUN;
    // What is loaded and compiled for the first runs is no leak.
    const warm = Math.max(2, Math.floor(runs / 5));
    let before = { pid: 0, rss: 0, open: 0 };
    for (let run = 0; run < runs + warm; run += 1) {
      // It rests longer than the orchestrators of other tests stay.
      const env = { PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: '300' };
      expect((await provisioning(submit, { env })).code).toBe(0);
      if (run + 1 !== warm) continue;
      // At rest both times: what V8 keeps between two collections is no leak.
      await pause(UNTIL_REST_MS);
      const { pid, rss_bytes: rss } = await status();
      before = { pid: pid ?? 0, rss: rss ?? 0, open: descriptors(pid ?? 0) };
    }
    let growth = Infinity;
    // A leak stays. Who is asked is not at rest, so it is not asked in between; on a busy machine rest comes late.
    for (let looks = 0; growth >= GROWTH_BYTES && looks < 5; looks += 1) {
      await pause(UNTIL_REST_MS);
      growth = ((await status()).rss_bytes ?? 0) - before.rss;
    }
    console.info(`${TASKS} tasks: grew by ${(growth / 1e6).toFixed(1)} MB from ${(before.rss / 1e6).toFixed(0)} MB`);
    // One that left in the middle says why there. A disk may have held it up.
    expect(eventsOf(home).filter((event) => event !== 'accepted' && event !== 'blocked')).toEqual(['ready']);
    expect(growth).toBeLessThan(GROWTH_BYTES);
    await expect.poll(() => descriptors(before.pid)).toBeLessThanOrEqual(before.open);

    // It looks around every 5 s, and so does its watchdog: what wakes it more often is a timer that was left behind.
    const { woken, ticks } = await costAtRest(before.pid, { woken: 100, ticks: 20 });
    console.info(`at rest, in 10 s: woken ${woken} times, ${ticks * 10} ms of processor time`);
    expect(woken).toBeLessThan(100);
    expect(ticks).toBeLessThan(20);
  },
);
