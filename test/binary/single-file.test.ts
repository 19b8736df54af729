import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';

const BINARY = process.env['PROVISIONING_TEST_BINARY'] ?? '';
const REFERENCE = join(import.meta.dirname, '../../templates/workflows/multi-cloud-deployment.ncl');

/** The file alone in an empty folder, with an environment of two variables. */
function alone(home: Home, folder: string): (...args: readonly string[]) => { status: number | null; stdout: string } {
  const place = join(home.root, folder);
  mkdirSync(place);
  copyFileSync(BINARY, join(place, 'provisioning'));
  copyFileSync(REFERENCE, join(place, 'deployment.ncl'));
  const env = { PATH: '/usr/bin:/bin', HOME: home.env['HOME'] };
  return (...args) =>
    spawnSync('./provisioning', args, { cwd: place, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

test.for(['empty', 'Ordner mit Blank und ü'])(
  'copied alone into "%s" it runs the reference workflow to its end, in both modes',
  (folder, { home }) => {
    const provisioning = alone(home, folder);
    const direct = provisioning('workflow', 'run', 'deployment.ncl', '--json');
    expect(direct.status).toBe(0);
    const run = JSON.parse(direct.stdout) as RunDocument;
    expect(run.tasks.map((task) => task.status)).toEqual(run.tasks.map(() => 'completed'));
    expect(provisioning('workflow', 'submit', 'deployment.ncl', '--wait').status).toBe(0);
    expect(JSON.parse(provisioning('server', 'list', '--json').stdout)).toHaveLength(5);
    expect(provisioning('orchestrator', 'stop', '--now').status).toBe(0);
    const cache = join(home.env['HOME'] ?? '', '.cache/provisioning');
    expect(readdirSync(cache).map((name) => name.replace(/-.*/, ''))).toEqual(['files', 'nu']);
  },
);

test.skipIf(process.platform !== 'linux')(
  'an orchestrator never holds the Nushell that it unpacks in memory',
  ({ home }) => {
    const provisioning = alone(home, 'fresh');
    expect(provisioning('server', 'create', 'web-1', '--orchestrated', '--wait').status).toBe(0);
    const { pid } = JSON.parse(provisioning('orchestrator', 'status', '--json').stdout) as { pid: number };
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    provisioning('orchestrator', 'stop', '--now');
    // Nushell alone has 60 MB and came to 160 with what packs it; without it, it is less than 100.
    expect(Number(peak) / 1024).toBeLessThan(150);
  },
);
