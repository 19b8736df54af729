import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

test('the deciding rule is named with its file and line, and nothing is done', async ({ home, provisioning }) => {
  const core = '[execution]\nforce_orchestrated = [\n  "cluster.create",\n  "server.create",\n]\n';
  const file = home.write(`${home.root}/config/provisioning/config.toml`, core);
  home.write('infra/wuji.json', 'not even JSON: it is not read');
  const ran = await provisioning('server create --infra wuji --explain-mode');
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain(`the rule "server.create" of force_orchestrated (${file}:4)`);
  expect((await provisioning('server create --infra wuji --explain-mode --json')).json()).toMatchObject({
    mode: 'orchestrated',
    decided_by: 'rule',
    rule: 'server.create',
    list: 'force_orchestrated',
    place: `${file}:4`,
  });
  expect(existsSync(home.dataDir)).toBe(false);
});

test('auto looks at the targets: one is direct, several are orchestrated', async ({ home, provisioning }) => {
  home.write('provisioning.toml', '[execution]\nforce_orchestrated = []\n');
  const one = await provisioning('server create a --explain-mode --json');
  expect(one.json()).toMatchObject({ mode: 'direct', decided_by: 'auto' });
  const two = await provisioning('server create a b --explain-mode --json');
  expect(two.json()).toMatchObject({ mode: 'orchestrated', decided_by: 'auto' });
  expect((await provisioning('taskserv create x --servers a,b --explain-mode --json')).json()).toMatchObject({
    mode: 'orchestrated',
  });
});

test('every command has it; for a reading one it says so', async ({ provisioning }) => {
  for (const args of ['workflow list', 'version', 'help', 'env', 'config show', 'orchestrator status', 'server list']) {
    const ran = await provisioning(`${args} --explain-mode`);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('only reads');
  }
  expect((await provisioning('workflow run nowhere.ncl --explain-mode')).stdout).toContain('foreground by definition');
  expect((await provisioning('workflow submit nowhere.ncl --explain-mode')).stdout).toContain('orchestrated');
});

test('a flag and PROVISIONING_MODE come before rules', async ({ provisioning }) => {
  const flag = await provisioning('server create a --direct --explain-mode --json');
  expect(flag.json()).toMatchObject({ mode: 'direct', decided_by: 'flag', place: '--direct' });
  const env = { PROVISIONING_MODE: 'direct' };
  expect((await provisioning('server create a --explain-mode --json', { env })).json()).toMatchObject({
    decided_by: 'variable',
  });
});

test('a rule that matches no command is named with its place and what it may have meant', async ({
  home,
  provisioning,
}) => {
  const file = home.write(
    'provisioning.toml',
    '[execution]\nforce_direct = ["*.list", "batch.*", "workflow.submit"]\nforce_orchestrated = [\n  "server.craete",\n  "dns.update",\n]\n',
  );
  const said = [
    `${file}:4: the rule "server.craete" of force_orchestrated matches no command. Did you mean "server.create"?`,
    `${file}:5: the rule "dns.update" of force_orchestrated matches no command. All commands: provisioning help.`,
  ];
  const stderr = said.map((text) => `warning: ${text}\n`).join('');
  const explained = await provisioning('server create a --explain-mode --json');
  expect([explained.code, explained.stderr]).toEqual([0, stderr]);
  expect(explained.json()).toMatchObject({ mode: 'direct', decided_by: 'auto' });
  const validated = await provisioning('config validate --json');
  expect([validated.code, validated.stderr]).toEqual([0, stderr]);
  expect(validated.json()).toMatchObject({ valid: true, warnings: said });
  for (const silent of ['config validate --quiet', 'server list']) expect((await provisioning(silent)).stderr).toBe('');
  home.write('provisioning.toml', '');
  expect((await provisioning('config validate')).stderr).toBe('');
});
