import { describe, expect } from 'vitest';
import type { GraphDocument, RunDiff, ShownRun } from '../../src/api/views.ts';
import { test } from '../rig/cli-test.ts';
import { hasTerminals, onTerminal } from '../rig/on-terminal.ts';

const operation = (id: string, argv: readonly string[], dependencies: readonly string[] = []) => ({
  id,
  type: 'command.run',
  params: { argv },
  dependencies,
});

const FLOW = JSON.stringify({
  name: 'flow',
  operations: [operation('a', ['true']), operation('b', ['sleep', '0.3']), operation('c', ['false'], ['a', 'b'])],
});

describe('workflow graph', () => {
  test('draws a file that was never submitted, and leaves nothing behind', async ({ home, provisioning }) => {
    home.write('flow.json', FLOW);
    const drawn = await provisioning('workflow graph flow.json');
    expect(drawn).toMatchObject({
      code: 0,
      stdout: '○   a  command.run\n│ ○ b  command.run\n○─┘ c  command.run\n',
      stderr: '',
    });
    expect((await provisioning('workflow list --json')).json()).toEqual([]);
  });

  test('draws a run with what became of its tasks, in each format', async ({ home, provisioning }) => {
    home.write('flow.json', FLOW);
    await provisioning('workflow run flow.json');
    const graph = async (format: string): Promise<string> =>
      (await provisioning(`workflow graph @latest --format ${format}`)).stdout;
    expect(await graph('ascii')).toContain('✖─┘ c  command.run  failed\n');
    expect(await graph('mermaid')).toContain('n2["c<br/>command.run"]:::failed\n');
    expect(await graph('dot')).toContain('"b" -> "c";\n');
    const data = JSON.parse(await graph('json')) as GraphDocument;
    expect(data).toEqual((await provisioning('workflow graph @latest --json')).json());
    expect(data.nodes.map(({ id, wave, status }) => [id, wave, status])).toEqual([
      ['a', 1, 'completed'],
      ['b', 1, 'completed'],
      ['c', 2, 'failed'],
    ]);
    expect(data.edges).toContainEqual({ from: 'b', to: 'c', kind: 'hard', on: 'success' });
  });

  test('says of what is neither a file nor a run which it took it for', async ({ provisioning }) => {
    expect((await provisioning('workflow graph nothing.ncl')).stderr).toContain('nothing.ncl');
    expect(await provisioning('workflow graph ffff')).toMatchObject({ code: 4 });
  });
});

describe('workflow show', () => {
  test('what a run was asked to do, as it is stored with it', async ({ home, provisioning }) => {
    home.write('flow.json', FLOW);
    await provisioning('workflow run flow.json');
    home.write('flow.json', '{}');
    const shown = (await provisioning('workflow show @latest')).stdout;
    expect(shown).toMatch(/^flow {2}failed\n/);
    expect(shown).toContain('\nc  command.run\n  params: { "argv": [ "false" ] }\n  dependencies: [ "a", "b" ]\n');
  });

  test('--timeline shows when each task ran, and what the end waited for', async ({ home, provisioning }) => {
    home.write('flow.json', FLOW);
    await provisioning('workflow run flow.json');
    const drawn = (await provisioning('workflow show @latest --timeline')).stdout;
    expect(drawn).toMatch(/^ {2}a {2}━+ .*\n\* b {2}━{20,} .*\n\* c {2} {20,}✖+ .*\n/);
    expect(drawn).toMatch(/\* Critical path, .*: b 0\.\ds → c 0\.\ds\n$/);
    const data = (await provisioning('workflow show @latest --json')).json<ShownRun>();
    expect(data.critical_path).toEqual(['b', 'c']);
    expect(data.timeline.map(({ id, attempts }) => [id, attempts.map(({ status }) => status)])).toEqual(
      expect.arrayContaining([
        ['b', ['completed']],
        ['c', ['failed']],
      ]),
    );
  });

  test.runIf(hasTerminals)('--timeline fits the terminal', async ({ home, provisioning }) => {
    home.write('flow.json', FLOW);
    await provisioning('workflow run flow.json');
    const terminal = await onTerminal(home, ['workflow', 'show', '@latest', '--timeline'], { columns: 40 });
    await terminal.exited;
    expect((await terminal.screen.history())[1]).toMatch(/^\* b {2}━+ .*s$/);
  });
});

describe('workflow diff', () => {
  test('exit code 0 where nothing differs, 7 where something does', async ({ home, provisioning }) => {
    home.write('flow.json', FLOW);
    for (const key of ['one', 'two']) await provisioning(`workflow run flow.json --key ${key}`);
    home.write('flow.json', FLOW.replace('"false"', '"true"'));
    await provisioning('workflow run flow.json --key three');
    const [third = '', second = '', first = ''] = (await provisioning('workflow list --quiet')).stdout.split('\n');
    expect(await provisioning(`workflow diff ${first} ${second}`)).toMatchObject({ code: 0, stderr: '' });
    const differs = await provisioning(`workflow diff ${second} ${third}`);
    expect(differs).toMatchObject({ code: 7, stderr: '' });
    expect(differs.stdout).toContain('c: params: {"argv":["false"]} → {"argv":["true"]}');
    expect(differs.stdout).toMatch(/c +failed → completed/);
    const data = (await provisioning(`workflow diff ${second} @latest --json`)).json<RunDiff>();
    expect(data).toMatchObject({ differs: true, runs: [{ workflow_id: second }, { workflow_id: third }] });
    expect(await provisioning(`workflow diff ${first} ffff`)).toMatchObject({ code: 4, stdout: '' });
  });
});
