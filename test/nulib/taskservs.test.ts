import { expect, test } from 'vitest';
import { nuValue } from '../rig/nushell-values.ts';

test.each([
  [['unchanged', 'unchanged'], 'os on 2 servers, unchanged'],
  [['changed', 'changed'], 'os installed on 2 servers'],
  [['changed', 'unchanged'], 'os installed on 2 servers, changed on h1'],
  [['changed', 'finished'], 'os installed on 2 servers, changed on h1, 1 finished by an earlier attempt'],
  [['unchanged', 'finished'], 'os installed on 2 servers, 1 finished by an earlier attempt'],
])('an installation that ended with %j says: %s', (ends, message) => {
  const servers = ends.map((status, index) => ({ server: `h${index + 1}`, status }));
  const context = { name: 'os', hosts: servers.map(({ server }) => ({ name: server })) };
  const said = nuValue('use taskservs/create.nu created-message', 'created-message $in.0 $in.1 $in.2', [
    context,
    { results: servers },
    [],
  ]);
  expect(said).toBe(message);
});

test.each([
  { what: 'brought there in this attempt', by: {}, attempt: 1, ends: { h1: 'changed', h2: 'unchanged' }, made: ['h1'] },
  { what: 'brought there when it could not say so', by: {}, attempt: 2, ends: { h1: 'unchanged' }, made: ['h1'] },
  {
    what: 'put on record by an earlier attempt',
    by: { h1: 'this', h2: 'another' },
    attempt: 2,
    ends: { h1: 'unchanged', h2: 'changed' },
    made: ['h1'],
  },
  { what: 'and nothing that nobody noted', by: { h1: null }, attempt: 2, ends: { h1: 'changed' }, made: [] },
])('a rollback takes back what the task has $what', ({ by, attempt, ends, made }) => {
  const known = { definition: { servers: Object.keys(by) }, facts: { made_by: by } };
  const results = Object.entries(ends).map(([server, status]) => ({ server, status }));
  const context = { name: 'os', request: { key: 'this', attempt, inventory: { taskservs: { os: known } } } };
  expect(nuValue('use taskservs/record.nu made-on', 'made-on $in.0 $in.1', [context, results])).toEqual(made);
});

/** Two servers on which nothing can be done, because this machine knows no way to them. */
const REMOVE = `
use taskservs/service.nu remove-service
def go [waves: record] {
  $env.PROVISIONING_TASK_DIR = (mktemp --directory)
  let known = { provider: ssh, definition: {}, facts: {} }
  let request = { infra: dev, workspace: /, state_dir: $env.PROVISIONING_TASK_DIR, inventory: { servers: { a: $known, b: $known }, taskservs: {} } }
  let context = { name: os, manifest: { systems: [], init: "" }, module: {}, hosts: [{ name: a }, { name: b }], request: ($request | merge $waves) }
  let ended = remove-service $context removing
  rm --recursive $env.PROVISIONING_TASK_DIR
  { tried: ($ended.results | get server), untried: $ended.untried }
}`;

test.each([
  [{}, { tried: ['a', 'b'], untried: [] }],
  [
    { waves: [1], max_fail_percent: 0 },
    { tried: ['a'], untried: ['b'] },
  ],
  [
    { waves: [1], max_fail_percent: 50 },
    { tried: ['a', 'b'], untried: [] },
  ],
])('a removal with %j meets servers as that says', (spread, expected) => {
  expect(nuValue(REMOVE, 'go $in', spread)).toEqual(expected);
});
