import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import type { CompatibilityDocument } from '../../src/api/compat-document.ts';
import type { StatusDocument } from '../../src/api/responses.ts';
import { PROTOCOL } from '../../src/api/version.ts';
import { test as base } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { shippedLibrary } from '../rig/nushell.ts';
import { makeRelease } from '../rig/release.ts';

const { version } = manifest;

interface Fixtures {
  /** A library where older installations have it: its folder, and how configuration names it. */
  readonly library: { readonly folder: string; readonly env: Readonly<Record<string, string>> };
}

const test = base.extend<Fixtures>({
  library: async ({ home }, use) => {
    const folder = join(home.systemRoot, 'usr/local/lib/provisioning');
    cpSync(shippedLibrary, folder, { recursive: true });
    await use({ folder, env: { PROVISIONING_NUSHELL_PROVISIONING_LIB: folder } });
  },
});

const versions = (home: Home, text: string): string =>
  home.write(join(home.systemRoot, 'usr/local/share/provisioning/versions.toml'), text);

const statuses = ({ checks }: CompatibilityDocument): readonly string[] =>
  checks.map(({ one, other, status }) => `${one.component} ${other.component} ${status}`);

test('the parts of this program fit, and it says so without making a file', async ({ home, provisioning }) => {
  const { code, stdout } = await provisioning('compat check');
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.trim())).toEqual([
    expect.stringMatching(/^ONE +OTHER +VERDICT$/),
    expect.stringMatching(`^core ${version} .* platform ${version} .* fits$`),
    expect.stringMatching(`^core ${version} .* library ${version} .* fits$`),
    expect.stringMatching(`^platform ${version} .* library ${version} .* fits$`),
    '',
    'Rules: those of this program',
    '',
  ]);
  expect([home.dataDir, join(home.root, 'cache')].filter((path) => existsSync(path))).toEqual([]);
});

describe('a library of its own folder', () => {
  test('that fits is used', async ({ library: { folder, env }, provisioning }) => {
    const found = (await provisioning('compat check --json', { env })).json<CompatibilityDocument>();
    expect(statuses(found)).toEqual(['core platform fits', 'core library fits', 'platform library fits']);
    expect(found.checks[1]?.other).toEqual({ component: 'library', version, origin: 'external', where: folder });
    expect((await provisioning('server create web-1 --direct', { env })).code).toBe(0);
  });

  test('without a version is used as ever, and called what it is', async ({
    library: { folder, env },
    provisioning,
  }) => {
    rmSync(join(folder, 'library.toml'));
    const { code, stdout } = await provisioning('compat check', { env });
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`library of unknown version (${folder})  unknown version`),
    ]);
    const found = (await provisioning('compat check --json', { env })).json<CompatibilityDocument>();
    expect(statuses(found)).toContain('core library unknown');
    for (const mode of ['--direct', '--orchestrated --wait'])
      expect((await provisioning(`server create web-1 ${mode}`, { env })).code).toBe(0);
  });

  test('of another version is refused before anything is done, with both versions and what to do', async ({
    home,
    library: { folder, env },
    provisioning,
  }) => {
    const file = home.write(join(folder, 'library.toml'), 'version = "9.4.0"\ncore = "^9.1"\n');
    home.write('one.json', '{"name":"one","operations":[{"id":"o","type":"command.run","params":{"argv":["true"]}}]}');
    const lines = [
      'server create a --direct',
      'server create a --orchestrated',
      'workflow run one.json',
      'workflow submit one.json',
      'orchestrator start',
    ];
    for (const line of lines) {
      const { code, stdout, stderr } = await provisioning(line, { env });
      expect([line, code, stdout]).toEqual([line, 75, '']);
      for (const part of [
        `core ${version}`,
        'library 9.4.0',
        folder,
        'core = "^9.1"',
        'PRV-0020',
        'leave nushell.provisioning_lib out',
      ])
        expect(stderr).toContain(part);
    }
    expect((await provisioning('orchestrator status')).code).toBe(3);
    expect((await provisioning('workflow list --quiet', { env })).stdout).toBe('');
    const checked = await provisioning('compat check', { env });
    expect([checked.code, checked.stdout]).toEqual([
      75,
      expect.stringContaining(`library: core = "^9.1" (${file}:2:1)`),
    ]);
    expect((await provisioning('compat check --quiet', { env })).stdout).toBe('library\n');
    const found = await provisioning('compat check --json', { env });
    expect(found.json()).toMatchObject({
      compatible: false,
      checks: [
        { status: 'fits' },
        {
          status: 'incompatible',
          broken: [{ of: 'core' }, { of: 'library', rule: 'core = "^9.1"', place: { file, line: 2, column: 1 } }],
          remedy: expect.stringContaining(`Put the library of version ${version} into ${folder}`),
        },
        {},
      ],
    });
    expect(found.code).toBe(75);
    const doctor = await provisioning('orchestrator doctor --quiet', { env });
    expect([doctor.code, doctor.stdout.split('\n')]).toEqual([7, expect.arrayContaining(['versions'])]);
  });
});

describe('versions.toml of the machine', () => {
  test('takes the place of the rules inside, and may rule out this program itself', async ({ home, provisioning }) => {
    const file = versions(home, `[compatibility.platform."${version}"]\ncore = "^3.2"\n`);
    const { code, stdout } = await provisioning('compat check');
    expect([code, stdout]).toEqual([75, expect.stringContaining(`platform: core = "^3.2" (${file}:2:1)`)]);
    expect(stdout).toContain(`correct ${file}, or install a version that it allows`);
    expect(stdout).toContain('no rule about them');
    const refused = await provisioning('server create a --direct');
    expect([refused.code, refused.stderr]).toEqual([75, expect.stringContaining(`at ${file}:2:1`)]);
    versions(
      home,
      `[compatibility.core."${version}"]\nplatform = "^${version}"\nmin-library = "0.0.1"\napi-version = "v1"\n`,
    );
    expect((await provisioning('compat check')).code).toBe(0);
    expect((await provisioning('server create a --direct')).code).toBe(0);
  });

  test('that is wrong stops everything that it would decide, with its line and column', async ({
    home,
    provisioning,
  }) => {
    const file = versions(home, '[compatibility.core."0.1.0"]\nplatform = "^^1"\nmin_library = "1"\n');
    for (const line of ['compat check', 'server create a --direct']) {
      const { code, stdout, stderr } = await provisioning(line);
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(`${file}:2:12`)]);
    }
    expect((await provisioning('compat check')).stderr).toContain(`${file}:3:1`);
    expect((await provisioning('server list')).code).toBe(0);
  });
});

test("somebody else's orchestrator is judged by its version before it is asked for anything", async ({
  home,
  provisioning,
}) => {
  const other = makeRelease('2.5.3', PROTOCOL);
  try {
    const { program } = other;
    await provisioning('orchestrator start', { program, env: { PROVISIONING_SERVER_PORT: '0' } });
    const { endpoint } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
    const env = {
      PROVISIONING_ORCHESTRATOR_ENDPOINT: endpoint ?? '',
      PROVISIONING_TOKEN_FILE: `${home.dataDir}/token`,
      PROVISIONING_STORAGE_DATA_DIR: `${home.root}/elsewhere`,
    };
    home.write('one.json', '{"name":"one","operations":[{"id":"o","type":"command.run","params":{"argv":["true"]}}]}');
    versions(home, '[compatibility.platform."2.5.3"]\ncore = "^3.2"\n');
    for (const line of ['workflow submit one.json', 'workflow list']) {
      const { code, stderr } = await provisioning(line, { env });
      expect([line, code, stderr]).toEqual([line, 75, expect.stringContaining(`core ${version}`)]);
      expect(stderr).toContain('platform 2.5.3');
      expect(stderr).toContain('Use version 2.5.3 of this program');
    }
    const checked = await provisioning('compat check --json', { env });
    expect(checked.code).toBe(75);
    expect(checked.json<CompatibilityDocument>().checks.at(-1)).toMatchObject({
      other: { component: 'platform', version: '2.5.3', origin: 'remote', where: endpoint },
      status: 'incompatible',
    });
    expect((await provisioning('workflow list --quiet')).stdout).toBe('');
    versions(home, `[compatibility.platform."2.5.3"]\ncore = "^${version}"\n`);
    expect((await provisioning('compat check', { env })).code).toBe(0);
    expect((await provisioning('workflow submit one.json --wait', { env })).code).toBe(0);
    await provisioning('orchestrator stop', { program });
    expect((await provisioning('compat check', { env })).code).toBe(10);
  } finally {
    other.remove();
  }
});
