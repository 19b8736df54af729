import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';

const flow = JSON.stringify({ name: 'own', operations: [{ id: 'x', type: 'dns.make' }] });

test('a module that Nushell cannot read is told with its place', async ({ home, provisioning }) => {
  home.write('nulib/dns/make.nu', 'export def make-dns [request: record] {\n  { a: (1 + 2 }\n');
  home.write('flow.json', flow);
  const ran = await provisioning('workflow run flow.json --json');
  const [task] = ran.json<RunDocument>().tasks;
  expect(ran.code).toBe(1);
  expect(task?.failure).toMatchObject({
    message: expect.stringContaining('Nushell: Un'),
    place: { file: `${home.workspace}/nulib/dns/make.nu`, line: expect.any(Number) },
  });
});

test('a function without a parameter is told what it takes', async ({ home, provisioning }) => {
  home.write('nulib/dns/make.nu', 'export def make-dns [] { {} }\n');
  home.write('flow.json', flow);
  const ran = await provisioning('workflow run flow.json');
  expect(ran.stdout).toContain('export def NAME [request: record]');
});

const ON_SOME = `use lib/inventory.nu put
use lib/task.nu [record-resources report-progress]
export def make-dns [request: record] {
  record-resources [(put app shop { status: partial, facts: { on: [a] } })]
  if $request.params.hangs? == true { report-progress 10 "working on it"; sleep 1hr }
  error make { msg: "b does not answer" }
}
`;

const onSome = (home: Home, params: object): void => {
  home.write('nulib/dns/make.nu', ON_SOME);
  home.write('flow.json', JSON.stringify({ name: 'own', operations: [{ id: 'x', type: 'dns.make', params }] }));
};
const SHOP = [{ name: 'shop', status: 'partial', facts: { on: ['a'] } }];

test('what an operation puts on record is in the inventory although it failed', async ({ home, provisioning }) => {
  onSome(home, {});
  const ran = await provisioning('workflow run flow.json');
  expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining('b does not answer')]);
  expect((await provisioning('app list --json')).json()).toMatchObject(SHOP);
});

test('and although it was cancelled', async ({ home, provisioning, begin }) => {
  onSome(home, { hangs: true });
  const running = begin('workflow run flow.json');
  await running.saw(/working on it/);
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(8);
  expect((await provisioning('app list --json')).json()).toMatchObject(SHOP);
});

test.for([
  [
    'an entry of no known kind',
    '{"resources": [{"action": "put", "kind": "host", "name": "a"}]}',
    /resources\[0\].*the kind "host"/,
  ],
  ['half a file', '{"resources": [', /is no JSON object/],
] as const)(
  'who puts %s on record has failed, and is told what is expected',
  async ([, text, why], { home, provisioning }) => {
    home.write(
      'nulib/dns/make.nu',
      `export def make-dns [request: record] {\n  '${text}' | save ($env.PROVISIONING_TASK_DIR | path join resources.json)\n  {}\n}\n`,
    );
    home.write('flow.json', flow);
    const ran = await provisioning('workflow run flow.json --json');
    const [task] = ran.json<RunDocument>().tasks;
    expect(ran.code).toBe(1);
    expect(task?.failure?.message).toMatch(/^it ended well, but its resources.json/);
    expect(task?.failure?.message).toMatch(why);
    expect(task?.failure?.hint).toContain('{"resources": [{"action": "put" or "remove"');
  },
);
