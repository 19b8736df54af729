import { expect } from 'vitest';
import { REGISTRY } from '../../commands/registry.ts';
import { topicsOf } from '../../commands/topics.ts';
import { FAILURES } from '../../src/domain/failure.ts';
import { MEANINGS } from '../../src/presentation/help.ts';
import { test } from '../rig/cli-test.ts';
import manifest from '../../package.json' with { type: 'json' };
import nickel from '../../src/adapters/nickel/nickel.json' with { type: 'json' };

test('help names every command in its topic, in a screenful', async ({ provisioning }) => {
  for (const args of ['', 'help', '--help', 'help --no-color']) {
    const { code, stdout, stderr } = await provisioning(args);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect([lines.length <= 44, lines.filter((line) => line.length > 80)]).toEqual([true, []]);
    for (const { title, commands } of topicsOf(REGISTRY)) {
      const section = stdout.slice(stdout.indexOf(`\n${title}\n`)).split('\n\n')[0] ?? '';
      const words = new Set(section.split(/[\s,]+/));
      for (const { name } of commands.filter((command) => !command.name.startsWith('batch ')))
        for (const word of name.split(' ')) expect([name, words.has(word)]).toEqual([name, true]);
    }
    expect(stdout).toMatch(/^ {2}batch +the same as workflow$/m);
  }
});

test('a noun alone prints its usage, in whatever form is asked for', async ({ provisioning }) => {
  const plain = await provisioning('workflow');
  expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining('provisioning workflow VERB') });
  const data = await provisioning('workflow --json');
  expect([data.code, data.json()]).toEqual([0, expect.objectContaining({ text: plain.stdout })]);
  expect(await provisioning('workflow --no-color')).toMatchObject({ code: 0, stdout: plain.stdout });
});

test('every command stands in one topic', () => {
  const shown = topicsOf(REGISTRY).flatMap(({ commands }) => commands.map(({ name }) => name));
  expect(shown.toSorted()).toEqual(REGISTRY.map(({ name }) => name).toSorted());
});

test('the examples of help work in an empty folder, one after the other', async ({ provisioning }) => {
  const { stdout } = await provisioning('help');
  const examples = [...stdout.matchAll(/^ {2}\$ provisioning (.*?)(?: {2}|$)/gm)].map(([, line = '']) => line);
  expect(examples.length).toBeGreaterThanOrEqual(3);
  for (const example of examples)
    expect([example, (await provisioning(example)).code, stdout.includes(example)]).toEqual([example, 0, true]);
});

test('help exit-codes names every exit code', async ({ provisioning }) => {
  const { stdout } = await provisioning('help exit-codes');
  for (const { exit } of Object.values(FAILURES))
    expect(stdout).toContain(`\n  ${String(exit).padEnd(5)}${MEANINGS[exit]}\n`);
});

test('every exit code of the table has a meaning, and no other has one', () => {
  const codes = new Set([0, ...Object.values(FAILURES).map(({ exit }) => exit)]);
  expect(Object.keys(MEANINGS).map(Number)).toEqual([...codes].toSorted((a, b) => a - b));
});

test('every command has help with its own examples', async () => {
  for (const entry of REGISTRY) {
    const { default: command } = await entry.load();
    const noun = entry.name.startsWith('batch') ? 'workflow|batch' : entry.name.split(' ')[0];
    expect([entry.name, command.examples.length > 0]).toEqual([entry.name, true]);
    for (const example of command.examples)
      expect(example.command).toMatch(new RegExp(`^provisioning (${noun}|batch)( |$)`));
  }
});

test('help of one command and of a noun, in each way to ask', async ({ provisioning }) => {
  for (const args of ['help server create', 'server create --help', 'server create web-1 -h']) {
    const { code, stdout } = await provisioning(args);
    expect(code).toBe(0);
    for (const part of ['provisioning server create [NAMES…] [FLAGS]', '--explain-mode', '--key KEY', 'Examples'])
      expect(stdout).toContain(part);
  }
  for (const args of ['help server', 'server', 'server --help']) {
    const { stdout } = await provisioning(args);
    expect(stdout).toContain('server delete');
    expect(stdout).not.toContain('cluster');
  }
  expect((await provisioning('help sevrer')).code).toBe(2);
});

test('version is that of the package, in each way to ask', async ({ provisioning }) => {
  for (const args of ['version', '--version', '-v', 'version --quiet'])
    expect(await provisioning(args)).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  expect((await provisioning('version --json')).json()).toEqual({
    version: manifest.version,
    core: manifest.version,
    platform: manifest.version,
    api: 'v1',
    node: manifest.devDependencies.node,
    sqlite: expect.stringMatching(/^3\.\d+\.\d+$/) as unknown,
    nickel: nickel.nickel_lang_core,
    nushell: manifest.dependencies.nushell,
    system: `${process.platform}-${process.arch}`,
  });
});

test('env names folders and documents in use', async ({ home, provisioning }) => {
  expect((await provisioning('env --json')).json()).toMatchObject({
    workspace: home.workspace,
    data_dir: home.dataDir,
    documents: [],
  });
});
