import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

test('it lays out a workspace that works, and never overwrites', async ({ home, provisioning }) => {
  const made = await provisioning('workspace init wuji --json');
  expect(made.json()).toEqual({
    workspace: `${home.workspace}/wuji`,
    written: ['infra/dev.ncl', 'provisioning.toml', 'workflows/hello.ncl'],
    kept: [],
  });
  const cwd = `${home.workspace}/wuji`;
  expect((await provisioning('config validate --json', { cwd })).json()).toMatchObject({ valid: true });
  expect((await provisioning('server create --infra dev --direct', { cwd })).code).toBe(0);
  expect((await provisioning('workflow run workflows/hello.ncl', { cwd })).code).toBe(0);
  home.write('wuji/provisioning.toml', '# mine\n');
  const again = await provisioning('workspace init wuji');
  expect(again.stdout).toContain('kept  provisioning.toml');
  expect(readFileSync(`${cwd}/provisioning.toml`, 'utf8')).toBe('# mine\n');
});

test('a file where the folder should be, or on the way to it, is named as such', async ({ home, provisioning }) => {
  home.write('wuji', 'a file');
  for (const args of ['workspace init wuji', 'workspace init wuji/inner']) {
    const { code, stderr } = await provisioning(args);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('it, or a part of its path, is a file'),
    });
    expect(stderr).not.toContain('ENOTDIR');
  }
});

test('what it says to type next works there, in that order', async ({ home, provisioning }) => {
  const { stdout } = await provisioning('workspace init wuji');
  const next = [...stdout.matchAll(/^ {2}\$ provisioning (.*?)(?: {2}|$)/gm)].map(([, line = '']) => line);
  expect(next.length).toBeGreaterThanOrEqual(3);
  const cwd = `${home.workspace}/wuji`;
  const printed: string[] = [];
  for (const line of next) {
    const ran = await provisioning(line, { cwd });
    expect([line, ran.code, ran.stdout]).toEqual([line, 0, expect.stringMatching(/./)]);
    printed.push(ran.stdout);
  }
  expect(printed[next.indexOf('server list')]).toContain('dev-1');
  expect((await provisioning('workspace init wuji')).stdout).not.toContain('next');
});
