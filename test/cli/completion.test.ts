import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { REGISTRY } from '../../commands/registry.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { run } from '../rig/program.ts';
import type { Home } from '../rig/home.ts';
import { hasTerminals, onTerminal } from '../rig/on-terminal.ts';
import { programFolder } from '../rig/program.ts';
import { shellIsHere } from '../rig/shells.ts';

const TAB = '\t';

/** One run, two servers, an infra file. */
async function somethingThere({ home, provisioning }: Pick<CliFixtures, 'home' | 'provisioning'>): Promise<void> {
  home.write('infra/wuji.json', JSON.stringify({ provider: 'local', servers: [{ name: 'web-1' }, { name: 'db-1' }] }));
  const { code, stderr } = await provisioning('server create --infra wuji --direct');
  expect([code, stderr]).toEqual([0, expect.anything()]);
}

/** What the program says may come next; `line` ends where the cursor is. */
async function candidates(home: Home, line: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run(home, ['__complete', ...line.split(' ')]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').map((text) => text.split('\t')[0] ?? '');
}

describe('what may come next', () => {
  const CASES: readonly (readonly [line: string, some: readonly string[], none: readonly string[]])[] = [
    ['', ['server', 'workflow', 'version', 'explain'], ['__complete', 'create']],
    ['serv', ['server'], ['workflow']],
    ['server ', ['create', 'delete', 'list', 'show'], ['submit']],
    ['nonsense ', [], ['create']],
    ['server create --pri', ['--priority'], ['--json']],
    ['server create --priority ', ['low', 'normal', 'high'], ['--priority']],
    ['server create --priority=h', ['--priority=high'], ['--priority=low']],
    ['server create --json --', ['--json-into', '--quiet'], ['--json']],
    ['server list --infra ', ['wuji'], []],
    ['server list -i w', ['wuji'], []],
    ['server show ', ['web-1', 'db-1'], []],
    ['server delete web-1 ', ['db-1'], ['web-1']],
    ['server delete --infra elsewhere ', [], ['web-1']],
    ['taskserv create kubernetes --servers ', ['web-1'], []],
    ['workflow status ', ['@latest'], []],
    ['workflow logs @latest ', ['web-1', 'db-1'], ['@latest']],
    ['workflow retry @latest --from ', ['web-1'], []],
    ['workflow resolve @latest web-1 --as ', ['completed', 'failed', 'retry'], []],
    ['workflow submit ', ['files'], []],
    ['workspace init ', ['folders'], []],
    ['server list --workspace ', ['folders'], []],
    ['server list --json-into ', ['files'], []],
    ['template show ngi', ['nginx'], []],
    ['template render apps/', ['apps/app.yaml'], []],
    ['config explain execution.f', ['execution.force_direct'], ['execution.default_mode']],
    ['explain PRV-0006', ['PRV-0006'], []],
    ['explain not', ['not_found', 'not_running'], []],
    ['help workflow s', ['status', 'submit'], []],
    ['schema batch ', [], []],
    ['schema workflow sub', ['submit'], []],
    ['completion ', ['bash', 'zsh', 'fish', 'nushell'], []],
  ];
  test('follows from the commands and from what exists', async ({ home, provisioning }) => {
    await somethingThere({ home, provisioning });
    for (const [line, some, none] of CASES) {
      const found = await candidates(home, line);
      expect([line, ...found]).toEqual(expect.arrayContaining([line, ...some]));
      for (const word of none) expect([line, found.includes(word)]).toEqual([line, false]);
    }
    const runs = (await provisioning('workflow list --quiet')).stdout.trim();
    expect(await candidates(home, `workflow status ${runs.slice(0, 8)}`)).toContain(runs);
  });

  test('is found for every command there is, and starts and makes nothing', async ({ home }) => {
    for (const { name } of REGISTRY) expect(await candidates(home, `${name} --he`)).toContain('words');
    expect(existsSync(home.dataDir)).toBe(false);
  }, 480_000);

  test('is silence where something is wrong', async ({ home }) => {
    home.write('provisioning.toml', 'this is no TOML');
    expect(await candidates(home, 'server show ')).toEqual(['']);
    const text = await run(home, ['__complete']);
    expect(text).toMatchObject({ code: 0, stderr: '' });
  });
});

const environment = (home: Home): Record<string, string> => {
  const { PATH: path = '' } = home.env;
  return { ...home.env, PATH: `${programFolder(home)}:${path}` };
};

describe('in a real shell', () => {
  const INTERACTIVE = {
    bash: { program: ['bash', '--norc', '--noprofile', '-i'], script: 'eval "$(provisioning completion bash)"' },
    zsh: {
      program: ['zsh', '-f', '-i'],
      script: 'autoload -U compinit; compinit -u -D; source <(provisioning completion zsh)',
    },
  } as const;

  for (const shell of ['bash', 'zsh'] as const)
    test.runIf(hasTerminals && shellIsHere(shell))(
      `${shell}: TAB completes what is typed`,
      async ({ home, provisioning }) => {
        await somethingThere({ home, provisioning });
        const { program, script } = INTERACTIVE[shell];
        const terminal = await onTerminal(home, [], { program: [...program], env: environment(home), columns: 120 });
        terminal.type(`PS1='$ '; ${script}; echo rea''dy\n`);
        // What is typed before the prompt stands is shown twice.
        await terminal.sees(/^ready\n\$ *$/m);
        terminal.type(`provisioning workf${TAB}`);
        await terminal.sees(/^. provisioning workflow *$/m);
        terminal.type(`logs @la${TAB}`);
        await terminal.sees(/^. provisioning workflow logs @latest *$/m);
        terminal.type(`web${TAB}`);
        await terminal.sees(/^. provisioning workflow logs @latest web-1 *$/m);
        terminal.type(`\u0015provisioning server create --priority=h${TAB}`);
        await terminal.sees(/^. provisioning server create --priority=high *$/m);
        terminal.type(`\u0015provisioning workflow submit infra/wu${TAB}`);
        await terminal.sees(/^. provisioning workflow submit infra\/wuji\.json *$/m);
        terminal.type(`\u0015exit\n`);
        await terminal.exited;
      },
    );

  test.runIf(shellIsHere('fish'))(
    'fish: completes what is typed, with a few words about it',
    async ({ home, provisioning }) => {
      await somethingThere({ home, provisioning });
      const env = environment(home);
      const asked = (line: string): string => {
        const script = `provisioning completion fish | source; complete -C '${line}'`;
        const ran = spawnSync('fish', ['--no-config', '-c', script], { env, cwd: home.workspace, encoding: 'utf8' });
        return ran.stdout + ran.stderr;
      };
      expect(asked('provisioning workf')).toMatch(/^workflow\tsubmit, run/m);
      expect(asked('provisioning workflow logs @la')).toMatch(/^@latest\tserver\.create, completed$/m);
      expect(asked('provisioning server show ')).toMatch(/^web-1\twuji, created$/m);
      expect(asked('provisioning server create --priority=h')).toMatch(/^--priority=high/m);
      expect(asked('provisioning workflow submit infra/w')).toMatch(/^infra\/wuji\.json/m);
    },
  );

  test('nushell: the completer answers for this program, and leaves the others to whom they belong', async ({
    home,
    provisioning,
  }) => {
    await somethingThere({ home, provisioning });
    const env = environment(home);
    const { stdout } = await provisioning('completion nushell');
    const file = home.write(join(home.root, 'completion.nu'), stdout);
    const asked = (...spans: readonly string[]): unknown => {
      const before = '$env.config.completions.external = {enable: true, completer: {|spans| [before]}}';
      const program = `${before}; source ${file}; do $env.config.completions.external.completer ${JSON.stringify(spans)} | to json`;
      const ran = spawnSync('nu', ['-n', '--no-std-lib', '-c', program], {
        env,
        cwd: home.workspace,
        encoding: 'utf8',
      });
      expect(ran.stderr).toBe('');
      return JSON.parse(ran.stdout);
    };
    expect(asked('provisioning', 'workf')).toMatchObject([{ value: 'workflow' }]);
    expect(asked('provisioning', 'server', 'show', 'web')).toEqual([{ value: 'web-1', description: 'wuji, created' }]);
    expect(asked('provisioning', 'workflow', 'submit', '')).toBeNull();
    expect(asked('other', 'x')).toEqual(['before']);
  });

  test('what is no shell is refused by name', async ({ provisioning }) => {
    expect(await provisioning('completion tcsh')).toMatchObject({ code: 2, stderr: expect.stringContaining('fish') });
  });
});
