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
  const said = nuValue('use taskservs/create.nu created-message', 'created-message $in.0 $in.1', [
    context,
    { results: servers },
  ]);
  expect(said).toBe(message);
});
