import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunDocument, RunSummary } from '../../src/api/documents.ts';
import type { StatusDocument } from '../../src/api/responses.ts';
import type { WhyDocument } from '../../src/api/why.ts';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { canMount, mountTmpfs, remount } from '../rig/mount.ts';

const FLOW = '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]}}]}';

/** A home whose state is on a file system of its own. */
async function mounted(home: Home, options: string, use: () => Promise<void>): Promise<void> {
  mkdirSync(home.dataDir, { recursive: true, mode: 0o700 });
  const unmount = mountTmpfs(home.dataDir, `mode=700,${options}`);
  try {
    await use();
  } finally {
    unmount();
  }
}

/** Writes until there is no room. Returns how to give it back. */
function fill(home: Home): () => void {
  const files: string[] = [];
  for (const size of [65_536, 4096, 512])
    try {
      for (;;) {
        const file = `${home.dataDir}/filler-${files.length}`;
        files.push(file);
        writeFileSync(file, Buffer.alloc(size, 1));
      }
    } catch {
      // It is full, up to this size.
    }
  return () => {
    for (const file of files) rmSync(file, { force: true });
  };
}

test.runIf(canMount)(
  'a full disk: exit 75, nothing that was accepted is lost, and it recovers',
  async ({ home, provisioning }) => {
    await mounted(home, 'size=3m', async () => {
      home.write('flow.json', FLOW);
      const first = await provisioning('workflow submit flow.json --wait');
      expect(first.code).toBe(0);
      const empty = fill(home);
      const accepted: string[] = [];
      let refused = await provisioning('workflow submit flow.json --quiet');
      for (let tries = 0; refused.code === 0 && tries < 200; tries += 1) {
        accepted.push(refused.stdout.trim());
        refused = await provisioning('workflow submit flow.json --quiet');
      }
      expect(refused).toMatchObject({ code: 75, stdout: '' });
      expect(refused.stderr).toContain('full');
      expect((await provisioning('orchestrator doctor --json')).stdout).toContain('disk_full');
      empty();
      const after = await provisioning('workflow submit flow.json --wait --json');
      expect(after.code).toBe(0);
      const known = (await provisioning('workflow list --json')).json<readonly RunSummary[]>();
      expect(known.map(({ workflow_id }) => workflow_id)).toEqual(expect.arrayContaining(accepted));
      for (const id of accepted)
        await expect
          .poll(async () => (await provisioning(`workflow status ${id} --json`)).json<RunDocument>().status)
          .toBe('completed');
      await provisioning('orchestrator stop');
    });
  },
);

test.runIf(canMount)(
  'while the disk is full nothing starts, what runs ends and is recorded, and it goes on by itself',
  async ({ home, provisioning, tasks }) => {
    await mounted(home, 'size=2m', async () => {
      const operations = [
        tasks.operation('a'),
        tasks.operation('b', { idempotent: true }),
        tasks.operation('c', { dependencies: ['a', 'b'] }),
      ];
      home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
      await provisioning('workflow submit flow.json --quiet');
      const [a, b] = [await tasks.began('a'), await tasks.began('b')];
      const statuses = async () =>
        (await provisioning('workflow status @latest --json')).json<RunDocument>().tasks.map((task) => task.status);
      const phase = async () => (await provisioning('orchestrator status --json')).json<StatusDocument>().phase;
      await expect.poll(() => existsSync(`${home.dataDir}/reserve`)).toBe(true);
      const { pid } = (await provisioning('orchestrator status --json')).json<StatusDocument>();

      const empty = fill(home);
      a.tell({ exit: 0 });
      b.tell({ exit: 3 });
      await expect.poll(statuses).toEqual(['completed', 'failed', 'skipped']);
      const refused = await provisioning('workflow submit flow.json --key other --quiet');
      expect(refused).toMatchObject({ code: 75, stdout: '' });
      await expect.poll(phase).toBe('degraded');
      expect(existsSync(`${home.dataDir}/reserve`)).toBe(false);
      const status = await provisioning('orchestrator status');
      expect(status.stdout).toContain('starts nothing until there is room on the disk');

      empty();
      await expect.poll(phase).toBe('ready');
      expect(existsSync(`${home.dataDir}/reserve`)).toBe(true);
      expect((await provisioning('workflow submit flow.json --key other --quiet')).code).toBe(0);
      for (const id of ['a', 'b', 'c']) (await tasks.began(id)).tell({ exit: 0 });
      await expect.poll(statuses).toEqual(['completed', 'completed', 'completed']);
      const after = (await provisioning('orchestrator status --json')).json<StatusDocument>();
      expect(after.pid).toBe(pid);
      await provisioning('orchestrator stop');
    });
  },
);

test.runIf(canMount)(
  'why says that the disk is full, and what to do, of what would start at once otherwise',
  async ({ home, provisioning, tasks }) => {
    await mounted(home, 'size=2m', async () => {
      const operations = [tasks.operation('a'), tasks.operation('b', { dependencies: ['a'] })];
      home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
      const id = (await provisioning('workflow submit flow.json --quiet')).stdout.trim();
      const a = await tasks.began('a');
      await expect.poll(() => existsSync(`${home.dataDir}/reserve`)).toBe(true);
      const empty = fill(home);
      expect((await provisioning('workflow submit flow.json --key other')).code).toBe(75);
      a.tell({ exit: 0 });
      const tasksOf = async () => (await provisioning(`workflow status ${id} --json`)).json<RunDocument>().tasks;
      await expect.poll(async () => (await tasksOf()).map(({ status }) => status)).toEqual(['completed', 'pending']);
      const said = await provisioning(`workflow why ${id} b`);
      expect(said.stdout).toContain(
        `b waits for room: the disk of the state folder ${home.dataDir} is full. (pending)`,
      );
      expect(said.stdout).toContain('→ Make room there, and it goes on by itself');
      const data = (await provisioning(`workflow why ${id} --json`)).json<WhyDocument>();
      expect(data.blockers).toMatchObject([{ kind: 'disk', blocks: 'b', name: home.dataDir }]);
      empty();
      (await tasks.began('b')).tell({ exit: 0 });
      expect((await provisioning(`workflow monitor ${id}`)).code).toBe(0);
      await provisioning('orchestrator stop');
    });
  },
);

test.runIf(canMount)(
  'a rollback that is due while the disk is full is not lost: it is done once there is room',
  async ({ home, provisioning, tasks }) => {
    await mounted(home, 'size=2m', async () => {
      const run = (...argv: readonly string[]) => ({ type: 'command.run', params: { argv } });
      const operations = [
        { id: 'made', ...run('true'), compensate: run('touch', `${home.root}/undone`) },
        tasks.operation('a', { dependencies: ['made'], on_failure: 'rollback' }),
      ];
      home.write('flow.json', JSON.stringify({ name: 'flow', rollback_enabled: true, operations }));
      const submitted = await provisioning('workflow submit flow.json --quiet');
      expect(submitted.code, submitted.stderr).toBe(0);
      const id = submitted.stdout.trim();
      const a = await tasks.began('a');
      const document = async () => (await provisioning(`workflow status ${id} --json`)).json<RunDocument>();
      await expect.poll(() => existsSync(`${home.dataDir}/reserve`)).toBe(true);
      const empty = fill(home);
      expect((await provisioning('workflow submit flow.json --key other')).code).toBe(75);
      a.tell({ exit: 3 });
      await expect.poll(async () => (await document()).status).toBe('failed');
      expect(existsSync(`${home.root}/undone`)).toBe(false);
      empty();
      await expect.poll(() => existsSync(`${home.root}/undone`)).toBe(true);
      expect(await document()).toMatchObject({ rolled_back_by: expect.any(String) });
      await provisioning('orchestrator stop');
    });
  },
);

test.runIf(canMount)(
  'what is recorded can be read on a full disk, also when no orchestrator runs',
  async ({ home, provisioning }) => {
    await mounted(home, 'size=3m', async () => {
      home.write('flow.json', FLOW);
      const id = (await provisioning('workflow submit flow.json --wait --quiet')).stdout.trim();
      await provisioning('orchestrator stop');
      const empty = fill(home);
      expect((await provisioning('workflow list --quiet')).stdout.trim()).toBe(id);
      expect((await provisioning(`workflow status ${id} --exit-code`)).code).toBe(0);
      const doctor = await provisioning('orchestrator doctor');
      expect(doctor).toMatchObject({ code: 7, stdout: expect.stringContaining('disk_full') });
      expect((await provisioning('server create s1 --direct')).code).toBe(75);
      empty();
    });
  },
);

test.runIf(canMount)(
  'a full disk from the start: exit 75 at once, also in direct mode',
  async ({ home, provisioning }) => {
    await mounted(home, 'size=1m', async () => {
      home.write('flow.json', FLOW);
      const empty = fill(home);
      for (const args of ['workflow submit flow.json', 'workflow run flow.json', 'orchestrator start']) {
        const ran = await provisioning(args);
        expect({ args, code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 75 });
        expect(ran.stderr).toContain('full');
      }
      empty();
      expect((await provisioning('workflow run flow.json')).code).toBe(0);
    });
  },
);

test.runIf(canMount)(
  'a read-only state folder is refused by name, with the option, and reading goes on',
  async ({ home, provisioning }) => {
    await mounted(home, 'size=8m', async () => {
      home.write('flow.json', FLOW);
      expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
      await provisioning('orchestrator stop');
      // Its process may need a moment to let go of its files.
      await expect.poll(() => remount(home.dataDir, 'ro')).toBe(true);
      for (const args of ['workflow submit flow.json', 'workflow run flow.json', 'orchestrator start']) {
        const ran = await provisioning(args);
        expect({ args, code: ran.code }).toEqual({ args, code: 2 });
        expect(ran.stderr).toContain(home.dataDir);
        expect(ran.stderr).toContain('storage.data_dir');
      }
      expect((await provisioning('orchestrator status')).code).toBe(3);
      expect(remount(home.dataDir, 'rw')).toBe(true);
      expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
      await provisioning('orchestrator stop');
    });
  },
);
