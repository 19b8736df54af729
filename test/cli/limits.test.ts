import { describe, expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const flow = (more: object, ...operations: readonly object[]): string =>
  JSON.stringify({ workflow: { name: 'flow', ...more, operations } });
const shell = (id: string, script: string, more: object = {}): object => ({
  id,
  type: 'command.run',
  params: { argv: ['sh', '-c', script] },
  ...more,
});

describe.each(['workflow run', 'workflow submit --wait'])('%s', (verb) => {
  test('a run that is over its time leaves nothing behind, exits with 9 and says why', async ({
    home,
    provisioning,
  }) => {
    home.write('flow.json', flow({ timeout: 0.5 }, shell('a', 'sleep 300')));
    const ran = await provisioning(`${verb} flow.json --json`);
    expect(ran.code).toBe(9);
    const run = ran.json<RunDocument>();
    expect(run).toMatchObject({
      status: 'cancelled',
      failure: { code: 'timed_out', message: 'the run took more than 0.5 s' },
      tasks: [{ status: 'cancelled' }],
    });
    expect((await provisioning(`workflow status ${run.workflow_id}`)).stdout).toContain('the run took more than 0.5 s');
  });

  test('a pool is respected as it is configured, and one that is not is refused', async ({ home, provisioning }) => {
    const one = 'mkdir only || exit 1; sleep 0.1; rmdir only';
    home.write('provisioning.toml', '[pools.aws]\nlimit = 1\n');
    home.write('flow.json', flow({}, ...['a', 'b', 'c'].map((id) => shell(id, one, { pool: 'aws' }))));
    expect((await provisioning(`${verb} flow.json`)).code).toBe(0);
    home.write('flow.json', flow({}, shell('a', one, { pool: 'asw' })));
    const refused = await provisioning(`${verb} flow.json`);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/unknown pool "asw"[^]*aws/);
  });
});
