import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, vi } from 'vitest';
import { REGISTRY } from '../../commands/registry.ts';
import { boundProgram, canBeBound } from '../rig/bounded.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { vanish } from '../rig/control.ts';
import { expectPrinted } from '../rig/printed.ts';
import type { Ran } from '../rig/program.ts';

/** Each story runs some sixty commands. */
vi.setConfig({ testTimeout: 480_000 });

/**
 * Every command, in each way in which it can be asked, on work that exists. `--json`: stdout is one document of the
 * published schema, and `--json-into` writes the same. `--quiet`: bare words, one a line. Otherwise: data on stdout, notes
 * on stderr. A command that is new in the registry and stands in none of the stories below makes the file fail.
 */
const covered = new Map<string, Set<Way>>();
const STORIES = 6;
let told = 0;

type Way = 'json' | 'text' | 'quiet';
const WAYS: readonly Way[] = ['json', 'text', 'quiet'];

interface Asked {
  readonly args?: string;
  readonly way?: Way;
  readonly exit?: number | readonly number[];
  /** Nothing is to be said. */
  readonly silent?: boolean;
}

type Ask = (command: string, asked?: Asked) => Promise<Ran>;

/** `ask` runs a command and checks what it printed; without a way, in all three ways, one after the other. */
function asking({ home, provisioning }: Pick<CliFixtures, 'home' | 'provisioning'>): Ask {
  const once = async (command: string, { args = '', exit = 0, silent = false }: Asked, way: Way): Promise<Ran> => {
    const file = join(home.root, 'printed.json');
    const flags = { json: '--json', text: `--json-into ${file}`, quiet: '--quiet' }[way];
    const ran = await provisioning(`${command} ${args} ${flags}`);
    expect([command, [exit].flat().includes(ran.code ?? -1), ran.stderr]).toEqual([command, true, expect.anything()]);
    if (way === 'json') expectPrinted(command, ran.stdout);
    if (way === 'text') expectPrinted(command, readFileSync(file, 'utf8'));
    if (way === 'text') expect([command, ran.stdout === ''], ran.stderr).toEqual([command, silent]);
    if (way === 'quiet') expect(ran.stdout).toMatch(BARE[command] ?? /^(?:[^\s]+\n)*$/);
    if (way !== 'json') expect(ran.stdout).not.toMatch(/^(?:note|warning): /m);
    const ways = covered.get(command) ?? new Set();
    covered.set(command, ways.add(way));
    return ran;
  };
  told += 1;
  return async (command, asked = {}) => {
    if (asked.way !== undefined) return once(command, asked, asked.way);
    await once(command, asked, 'json');
    await once(command, asked, 'quiet');
    return once(command, asked, 'text');
  };
}

/** What is bare of these is a line that has blanks: names of commands, a JSON value, a log record. */
const BARE: Readonly<Record<string, RegExp>> = {
  help: /^(?:[a-z]+(?: [a-z]+)?\n)+$/,
  schema: /^(?:[a-z-]+(?: [a-z]+)?\n)+$/,
  man: /^\.TH PROVISIONING 1 /,
  completion: /^# Completion of provisioning for fish/,
  'orchestrator logs': /^(?:\{.*\}\n)*$/,
};

const INFRA = JSON.stringify({
  provider: 'local',
  servers: [{ name: 'n-1' }],
  taskservs: [{ name: 'kubernetes' }],
  clusters: [{ name: 'k1', taskservs: ['kubernetes'] }],
});
const flow = (operations: readonly unknown[], more: object = {}): string =>
  JSON.stringify({ name: 'flow', operations, ...more });

describe('what commands print', () => {
  test('about the program itself', async ({ home, provisioning }) => {
    const ask = asking({ home, provisioning });
    for (const command of [
      'version',
      'env',
      'help',
      'explain',
      'compat check',
      'config show',
      'config validate',
      'workspace init',
    ])
      await ask(command);
    await ask('explain', { args: 'PRV-0006 conflict' });
    await ask('completion', { args: 'fish' });
    await ask('man');
    await ask('template list');
    await ask('template show', { args: 'nginx' });
    await ask('schema', { args: 'workflow status' });
    await ask('schema', { args: '--list' });
    await ask('config show', { args: '--origin' });
    await ask('config explain', { args: 'execution.force_direct' });
    home.write('values.json', JSON.stringify({ name: 'shop' }));
    home.write('hello.j2', 'hello {{ name }}\n');
    await ask('template render', { args: './hello.j2 --values values.json', way: 'text' });
    await ask('template render', { args: './hello.j2 --values values.json', way: 'json' });
    await ask('template render', { args: './hello.j2 --values values.json --output out.txt', way: 'quiet' });
  });

  // Some sixty commands, one after the other.
  test('about resources', { timeout: 480_000 }, async ({ home, provisioning }) => {
    const ask = asking({ home, provisioning });
    home.write('infra/wuji.json', INFRA);
    await ask('cluster create', { args: '--infra wuji --direct' });
    await ask('server create', { args: 'n-1 --infra wuji --direct' });
    await ask('taskserv create', { args: 'kubernetes --infra wuji --direct' });
    await ask('app deploy', { args: 'shop --infra wuji --image nginx:1.29 --direct' });
    for (const [noun, name] of [
      ['server', 'n-1'],
      ['taskserv', 'kubernetes'],
      ['cluster', 'k1'],
      ['app', 'shop'],
    ]) {
      await ask(`${noun} list`);
      await ask(`${noun} show`, { args: `${name} --infra wuji` });
    }
    for (const way of WAYS) {
      await ask('app remove', { args: 'shop --infra wuji --direct --yes', way });
      await ask('cluster delete', { args: 'k1 --infra wuji --direct --yes', way });
      await ask('taskserv delete', { args: 'kubernetes --infra wuji --direct --yes', way });
      await ask('server delete', { args: 'n-1 --infra wuji --direct --yes', way });
      await provisioning('cluster create --infra wuji --direct');
      await provisioning('app deploy shop --infra wuji --direct');
    }
    await ask('server create', { args: 'x-1 --explain-mode', way: 'quiet' });
  });

  test('about runs that have ended', async ({ home, provisioning }) => {
    const ask = asking({ home, provisioning });
    const operations = [
      { id: 'a', type: 'command.run', params: { argv: ['echo', 'hello'] }, mutex: ['m'], timeout: 9 },
      { id: 'b', type: 'server.create', provider: 'local', dependencies: [{ id: 'a', kind: 'soft' }] },
    ];
    const file = home.write('flow.json', flow(operations, { rollback_enabled: true, version: '1' }));
    await ask('workflow validate', { args: file });
    await ask('workflow graph', { args: file });
    await ask('workflow run', { args: file });
    await ask('workflow submit', { args: file });
    await ask('workflow submit', { args: `${file} --wait` });
    await ask('workflow list');
    await ask('workflow logs', { args: '@latest' });
    await ask('workflow logs', { args: '@latest a' });
    for (const command of ['status', 'monitor', 'events', 'graph', 'show'])
      await ask(`workflow ${command}`, { args: '@latest' });
    await ask('workflow diff', { args: '@latest @latest' });
    await ask('workflow why', { args: '@latest', way: 'text' });
    await ask('workflow rollback', { args: '@latest --plan' });
    await ask('workflow rollback', { args: '@latest --wait', way: 'json' });
    home.write('bad.json', flow([{ id: 'a', type: 'command.run', params: { argv: ['false'] } }]));
    await ask('workflow run', { args: 'bad.json', exit: 1 });
    for (const command of ['workflow status', 'workflow why']) await ask(command, { args: '@latest' });
  });

  test('about a run that is steered', async ({ home, provisioning, tasks }) => {
    const ask = asking({ home, provisioning });
    home.write('flow.json', flow([tasks.operation('a')]));
    await ask('workflow submit', { args: 'flow.json', way: 'json' });
    const first = await tasks.began('a');
    await ask('workflow why', { args: '@latest' });
    for (const way of WAYS) {
      await ask('workflow pause', { args: '@latest', way });
      await ask('workflow resume', { args: '@latest', way });
    }
    await ask('workflow cancel', { args: '@latest' });
    await first.gone;
    for (const way of WAYS) {
      const ended = async () => (await provisioning('workflow status @latest --exit-code --quiet')).code;
      await expect.poll(ended).toBe(8);
      await ask('workflow retry', { args: '@latest', way });
      const again = await tasks.began('a');
      await ask('workflow cancel', { args: '@latest', way });
      await again.gone;
    }
  });

  test('about a run whose end nobody knows', async ({ home, provisioning, begin, tasks }) => {
    const ask = asking({ home, provisioning });
    home.write('flow.json', flow(['a', 'b', 'c'].map((id) => tasks.operation(id))));
    const running = begin('workflow run flow.json');
    for (const id of ['a', 'b', 'c']) vanish(await tasks.began(id));
    expect((await running.ended).code).toBe(11);
    for (const [index, way] of WAYS.entries())
      await ask('workflow resolve', { args: `@latest ${'abc'[index]} --as completed`, way });
  });

  test('about the orchestrator', async ({ home, provisioning, begin }) => {
    const ask = asking({ home, provisioning });
    await ask('orchestrator status', { exit: 3 });
    await ask('orchestrator start');
    await ask('orchestrator status');
    await ask('orchestrator restart');
    await ask('orchestrator logs');
    await ask('orchestrator doctor', { exit: [0, 7] });
    await ask('orchestrator gc', { args: '--keep 1' });
    await ask('orchestrator resume');
    await ask('orchestrator stop');
    await ask('orchestrator install', { args: '--user' });
    await ask('orchestrator uninstall', { args: '--user' });
    const foreground = begin('orchestrator run --json');
    await expect.poll(() => existsSync(join(home.dataDir, 'daemon.json'))).toBe(true);
    await ask('orchestrator run', { exit: 6, way: 'quiet' });
    await ask('orchestrator run', { exit: 6, way: 'text', silent: true });
    await ask('orchestrator stop', { way: 'json' });
    const { code, stdout } = await foreground.ended;
    expect(code).toBe(0);
    expect(expectPrinted('orchestrator run', stdout)).toEqual({ running: false });
    covered.get('orchestrator run')?.add('json');
  });

  // Whoever runs one story only asks for that one.
  afterAll(() => {
    if (told < STORIES) return;
    const commands = REGISTRY.map(({ name }) => name).filter((name) => !name.startsWith('batch '));
    const missing = commands.flatMap((name) =>
      WAYS.filter((way) => covered.get(name)?.has(way) !== true).map((way) => `${name} (${way})`),
    );
    expect(missing, 'commands that stand in no story').toEqual([]);
  });
});

describe('--json-into', () => {
  test('replaces the file at once, also when the command fails, and leaves nothing beside it', async ({
    home,
    provisioning,
  }) => {
    const file = home.write('out/o.json', 'old');
    const failing = ['workflow status nobody', 'server lst', 'server list --nonsense', 'server create --all-of-it'];
    for (const args of failing) {
      const failed = await provisioning(`${args} --json-into ${file}`);
      expect([args, failed.code === 0, failed.stdout, failed.stderr]).toEqual([
        args,
        false,
        '',
        expect.stringMatching(/^error: /),
      ]);
      expect(expectPrinted('error', readFileSync(file, 'utf8'))).toHaveProperty('error.id');
    }
    expect(readdirSync(join(home.workspace, 'out'))).toEqual(['o.json']);
  });

  test('goes together with --json', async ({ home, provisioning }) => {
    const both = await provisioning(`version --json --json-into=both.json`);
    expect(readFileSync(join(home.workspace, 'both.json'), 'utf8')).toBe(both.stdout);
  });

  test('a file that cannot be written is refused before anything is done', async ({ home, provisioning }) => {
    const { code, stderr } = await provisioning('server create web-1 --direct --json-into nowhere/o.json');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--json-into nowhere/o.json cannot be written')]);
    expect((await provisioning('server create web-1 --direct --json-into .')).stderr).toContain('is a folder');
    if (!canBeBound) return;
    mkdirSync(`${home.root}/closed`, { mode: 0o000 });
    const closed = await provisioning(`workflow list --json-into ${home.root}/closed/o.json`, {
      program: boundProgram(),
    });
    chmodSync(`${home.root}/closed`, 0o700);
    expect(closed).toMatchObject({ code: 2, stdout: '' });
    expect(closed.stderr).toContain(`--json-into ${home.root}/closed/o.json cannot be written: EACCES`);
    expect((await provisioning('server list --quiet')).stdout).toBe('');
    expect(existsSync(join(home.workspace, 'nowhere'))).toBe(false);
  });
});
