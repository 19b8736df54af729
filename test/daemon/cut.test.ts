import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunSummary } from '../../src/api/documents.ts';
import type { Client } from '../../src/client/client.ts';
import { cutProxy } from '../rig/cut-proxy.ts';
import type { Cut, CutProxy } from '../rig/cut-proxy.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';

let home: Home;
let client: Client;
let proxy: CutProxy;
beforeAll(async () => {
  home = makeHome();
  client = await home.client();
  valueOf(await client.start());
  proxy = await cutProxy(home.paths.descriptor, `${home.root}/proxy.sock`);
});
afterAll(async () => {
  await proxy.close();
  await home.close();
});

const SUBMIT = /^POST \/workflows /;
const submit = (name: string) => {
  const script = `echo ${name} >> ${home.root}/done`;
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['/bin/sh', '-c', script] } }];
  return client.submit({ workflow: { name, operations } }, name);
};

/** Every place where the exchange of one submission can be cut. */
async function places(): Promise<readonly Cut[]> {
  proxy.plan(SUBMIT, undefined, 1);
  valueOf(await submit('whole'));
  const { up, down } = proxy.passed;
  expect(up).toBeGreaterThan(300);
  expect(down).toBeGreaterThan(150);
  const every = (way: Cut['way'], bytes: number): Cut[] =>
    Array.from({ length: bytes }, (_, after) => ({ way, after }));
  return [...every('up', up), ...every('down', down)];
}

test('cut once, at whatever byte: the work is accepted once', async () => {
  const cuts = await places();
  for (const cut of cuts) {
    proxy.plan(SUBMIT, cut, 1);
    valueOf(await submit(`once-${cut.way}-${cut.after}`));
  }
  const counts = await executions('once-');
  expect(counts.size).toBe(cuts.length);
  expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
}, 600_000);

test('cut each time, at whatever byte: nobody is told that it was not accepted, and nothing happens twice', async () => {
  const cuts = await places();
  for (const cut of cuts) {
    const name = `always-${cut.way}-${cut.after}`;
    proxy.plan(SUBMIT, cut, 100);
    const lost = await submit(name);
    expect({ name, lost }).toMatchObject({ lost: { ok: false, error: { proof: 'unclear', code: 'unavailable' } } });
  }
  proxy.plan(SUBMIT, undefined, 0);
  const counts = await executions('always-');
  expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
  const accepted = valueOf(await client.reads.runs()).filter(({ name }) => name.startsWith('always-'));
  // Whole requests whose answers were cut are accepted; halves of requests are not.
  expect(new Set(accepted.map(({ name }) => name.split('-')[1]))).toEqual(new Set(['down']));
}, 600_000);

/** How often the task of each run of these names was executed, once all have ended. */
async function executions(prefix: string): Promise<ReadonlyMap<string, number>> {
  const isOpen = ({ status }: RunSummary): boolean => status === 'queued' || status === 'running';
  await expect
    .poll(async () => valueOf(await client.reads.runs()).some(isOpen), { timeout: 240_000, interval: 500 })
    .toBe(false);
  const counts = new Map<string, number>();
  for (const name of readFileSync(`${home.root}/done`, 'utf8').trim().split('\n'))
    if (name.startsWith(prefix)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

test('a request that was cut before the connection stood was not accepted, and may be done elsewhere', async () => {
  const kept = readFileSync(home.paths.descriptor, 'utf8');
  const nobody = { ...(JSON.parse(kept) as object), socket: `${home.root}/nobody.sock` };
  writeFileSync(home.paths.descriptor, JSON.stringify(nobody));
  const other = await home.client({ command: [`${home.root}/missing`] });
  const refused = await other.submit({ workflow: {} }, 'refused');
  writeFileSync(home.paths.descriptor, kept);
  expect(refused).toMatchObject({ ok: false, error: { proof: 'not_accepted', code: 'unavailable' } });
});
