import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { expect } from 'vitest';
import type { RunDocument } from '../../../src/api/documents.ts';
import { test } from '../../rig/cli-test.ts';
import { processesOf } from '../../rig/leaks.ts';
import { vanished } from '../../rig/processes.ts';
import { programArgv } from '../../rig/program.ts';

/** Processes and boot id of their own: as close to another machine as one gets without one. */
const UNSHARE = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const canReboot =
  process.getuid?.() === 0 &&
  spawnSync('unshare', [...UNSHARE, 'mount', '--bind', '/proc/version', BOOT_ID]).status === 0;
if (!canReboot) console.warn('this user may not have a boot id of their own: no reboot is simulated');

test.runIf(canReboot)(
  'after a restart of the machine: what ended has ended, what ran is unknown or done again, what waited goes on',
  async ({ home, provisioning }) => {
    const effect = (id: string): string => `${home.root}/effect.${id}`;
    const effects = (id: string): number => (existsSync(effect(id)) ? readFileSync(effect(id), 'utf8').length / 2 : 0);
    const operation = (id: string, more: Readonly<Record<string, unknown>> = {}, then = 'exec sleep 3600') => ({
      id,
      type: 'command.run',
      params: { argv: ['sh', '-c', `echo x >>${effect(id)}; [ -e ${home.root}/second ] || ${then}`] },
      ...more,
    });
    const operations = [
      operation('ended', {}, 'true'),
      operation('plain'),
      operation('idempotent', { idempotent: true }),
      operation('probed', { probe: { argv: ['test', '-s', effect('probed')] } }),
      operation('waited', { dependencies: ['ended', 'idempotent'] }, 'true'),
    ];
    home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
    writeFileSync(`${home.root}/boot`, '11111111-2222-4333-8444-555555555555\n');

    const script = `mount --bind ${home.root}/boot ${BOOT_ID} && "$@" workflow submit flow.json && exec sleep 3600`;
    const machine = spawn('unshare', [...UNSHARE, 'sh', '-c', script, 'sh', ...programArgv()], {
      cwd: home.workspace,
      env: home.env,
      stdio: 'ignore',
    });
    const off = once(machine, 'exit');
    const running = ['plain', 'idempotent', 'probed'];
    const status = async () => (await provisioning('workflow status @latest --json')).json<RunDocument>();
    const statusOf = ({ tasks }: RunDocument) => Object.fromEntries(tasks.map((task) => [task.id, task.status]));
    await expect
      .poll(async () =>
        existsSync(home.dataDir) ? (await status().catch(() => undefined))?.tasks.map((task) => task.status) : [],
      )
      .toEqual(['completed', 'running', 'running', 'running', 'pending']);
    await expect.poll(() => running.map(effects)).toEqual([1, 1, 1]);
    const alive = processesOf(home).map(({ pid }) => pid);
    machine.kill('SIGKILL');
    await off;
    // They go after it; what holds a lock until then is as good as alive.
    await Promise.all(alive.map(vanished));

    writeFileSync(`${home.root}/second`, '');
    expect(await status()).toMatchObject({ status: 'running', attended: false });
    await provisioning('orchestrator start');
    await expect
      .poll(async () => statusOf(await status()))
      .toEqual({
        ended: 'completed',
        plain: 'unknown',
        idempotent: 'completed',
        probed: 'completed',
        waited: 'completed',
      });
    const tasks = ['ended', 'plain', 'idempotent', 'probed', 'waited'];
    expect(tasks.map(effects)).toEqual([1, 1, 2, 1, 1]);
    const why = await provisioning('workflow why @latest plain');
    expect(why.stdout).toContain('the machine was restarted');
    await provisioning('orchestrator stop');
  },
);
