import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

test('show prints what holds, --origin names the file and line', async ({ home, provisioning }) => {
  const file = home.write('provisioning.toml', '\n[execution]\ndefault_mode = "direct"\n');
  const text = await provisioning('config show --origin');
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(new RegExp(`execution.default_mode +"direct" +${file}:3\n`));
  const data = await provisioning('config show --json', { env: { PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS: '3' } });
  expect(data.json()).toMatchObject({ execution: { default_mode: 'direct' }, executor: { max_concurrent_tasks: 3 } });
  const origins = await provisioning('config show --json --origin');
  expect(origins.json()).toMatchObject({ origins: { 'execution.default_mode': `${file}:3` } });
});

test('explain tells what a key means, and who said what about it', async ({ home, provisioning }) => {
  home.write('provisioning.toml', '[execution]\ndefault_mode = "direct"\n');
  const text = await provisioning('config explain execution.default_mode');
  expect(text.stdout).toMatch(/→ "direct" .*provisioning\.toml:2/);
  expect(text.stdout).toContain('PROVISIONING_EXECUTION_DEFAULT_MODE');
  const unknown = await provisioning('config explain execution.defualt_mode');
  expect(unknown.code).toBe(4);
  expect(unknown.stderr).toContain('default_mode');
});

test('validate refuses a misspelt key and a wrong type, each at its place, and so does every command', async ({
  home,
  provisioning,
}) => {
  const file = home.write('provisioning.toml', '[execution]\ndefualt_mode = "direct"\nforce_direct = 3\n');
  for (const args of ['config validate', 'server list', 'server create a --direct']) {
    const ran = await provisioning(args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`${file}:2:`);
    expect(ran.stderr).toContain(`${file}:3:`);
    expect(ran.stderr).toContain('default_mode');
  }
  expect((await provisioning('config validate --json')).json()).toMatchObject({ error: { code: 'config_invalid' } });
});

test('a folder with the name of the document is refused, not passed over', async ({ home, provisioning }) => {
  home.write('provisioning.toml/other.toml', '');
  for (const args of ['config validate', 'server list']) {
    const { code, stderr } = await provisioning(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('This is a folder') });
    expect(stderr).toContain(join(home.workspace, 'provisioning.toml'));
  }
});

test('validate of a good configuration names its documents; an older name warns once', async ({
  home,
  provisioning,
}) => {
  const file = home.write(`${home.root}/config/provisioning/config.toml`, '[orchestrator]\ntimeout = 60\n');
  const ran = await provisioning('config validate');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain(file);
  expect(ran.stderr.match(/warning:/g)).toHaveLength(1);
  expect(ran.stderr).toContain('orchestrator.timeout_seconds');
});
