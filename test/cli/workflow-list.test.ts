import { expect } from 'vitest';
import type { RunSummary } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const flow = (name: string, program: string): string =>
  JSON.stringify({ name, operations: [{ id: 'a', type: 'command.run', params: { argv: [program] } }] });

test('runs are listed by status and up to a limit, newest first', async ({ home, provisioning }) => {
  home.write('good.json', flow('good', 'true'));
  home.write('bad.json', flow('bad', 'false'));
  for (const name of ['good', 'bad', 'good']) await provisioning(`workflow run ${name}.json`);
  const names = async (flags: string): Promise<readonly string[]> =>
    (await provisioning(`workflow list --json ${flags}`)).json<RunSummary[]>().map(({ name }) => name);
  expect(await names('')).toEqual(['good', 'bad', 'good']);
  expect(await names('--status failed')).toEqual(['bad']);
  expect(await names('--status failed --status completed --limit 2')).toEqual(['good', 'bad']);
  expect(await names('--status paused')).toEqual([]);
  const refused = await provisioning('workflow list --status nonsense');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('completed')]);
});
