import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const REFERENCE = join(import.meta.dirname, '../../templates/workflows/multi-cloud-deployment.ncl');

test('the reference workflow: five servers at once, then kubernetes, then the applications', async ({
  provisioning,
}) => {
  const ran = await provisioning(`batch submit ${REFERENCE} --wait --json`);
  expect([ran.code, ran.stderr]).toEqual([0, expect.anything()]);
  const { tasks } = ran.json<RunDocument>();
  const times = (type: string) =>
    tasks
      .filter((task) => task.type === type)
      .map(({ started_at, finished_at }) => [Date.parse(started_at ?? ''), Date.parse(finished_at ?? '')] as const);
  const [servers, kubernetes, apps] = [times('server.create'), times('taskserv.create'), times('app.deploy')];
  expect([servers.length, kubernetes.length, apps.length]).toEqual([5, 1, 2]);
  const starts = (list: typeof servers) => list.map(([start]) => start);
  const ends = (list: typeof servers) => list.map(([, end]) => end);
  expect(Math.max(...starts(servers))).toBeLessThan(Math.min(...ends(servers)));
  expect(Math.min(...starts(kubernetes))).toBeGreaterThanOrEqual(Math.max(...ends(servers)));
  expect(Math.min(...starts(apps))).toBeGreaterThanOrEqual(Math.max(...ends(kubernetes)));
  expect((await provisioning('server list --json')).json()).toHaveLength(5);
});

test('a broken contract is refused with file and line, and nothing is submitted', async ({ home, provisioning }) => {
  home.write(
    'bad.ncl',
    'let p = import "provisioning/workflow.ncl" in\n{\n  workflow | p.Workflow = {\n    name = 3,\n    operations = [],\n  },\n}\n',
  );
  const ran = await provisioning('workflow submit bad.ncl');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/bad\.ncl:4/);
  expect((await provisioning('workflow list --json')).json()).toEqual([]);
});
