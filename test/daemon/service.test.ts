import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { serviceFiles } from '../../src/client/service-file.ts';
import { test } from '../rig/cli-test.ts';

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.warn('systemd-analyze is not installed: the units are written, but not verified');

interface Change {
  readonly file: string;
  readonly changed: boolean;
  readonly next: readonly string[];
}

test.runIf(process.platform === 'linux')(
  'install writes units that systemd understands, says how to turn them on, and uninstall takes them away',
  async ({ home, provisioning }) => {
    for (const [flag, path, command] of [
      [
        '--user',
        `${home.root}/config/systemd/user/provisioning.service`,
        'systemctl --user enable --now provisioning.socket provisioning.service',
      ],
      [
        '',
        `${home.systemRoot}/etc/systemd/system/provisioning.service`,
        'systemctl enable --now provisioning.socket provisioning.service',
      ],
    ] as const) {
      const installed = (await provisioning(`orchestrator install --json ${flag}`)).json<Change>();
      expect(installed).toMatchObject({ file: path, changed: true });
      expect(installed.next).toContain(command);
      const again = (await provisioning(`orchestrator install --json ${flag}`)).json<Change>();
      expect(again).toMatchObject({ changed: false });
      const unit = readFileSync(path, 'utf8');
      expect(unit).toContain(home.dataDir);
      expect(unit).toContain('KillMode=process');
      const socket = path.replace(/service$/, 'socket');
      expect(readFileSync(socket, 'utf8')).toContain(`\nListenStream=${home.dataDir}/daemon.sock\n`);
      if (hasSystemd) {
        const env = { ...process.env, XDG_RUNTIME_DIR: home.root };
        const verified = spawnSync('systemd-analyze', ['verify', ...(flag === '' ? [] : [flag]), path, socket], {
          env,
        });
        expect({ status: verified.status, stderr: verified.stderr.toString() }).toEqual({ status: 0, stderr: '' });
      }
      expect((await provisioning(`orchestrator uninstall ${flag}`)).code).toBe(0);
      expect([path, socket].filter((file) => existsSync(file))).toEqual([]);
      expect((await provisioning(`orchestrator uninstall ${flag}`)).stdout).toContain('do not exist');
    }
  },
);

const OPTIONS = {
  program: ['/opt/a b/node', '/x/$HOME/100%/"q".js'],
  dataDir: '/var/<&>/d',
  socket: '/var/<&>/100%/daemon.sock',
  home: '/home/ada',
  configHome: '/home/ada/.config',
  systemRoot: '',
} as const;

test('a unit takes paths literally, whatever is in them', () => {
  const service = serviceFiles({ ...OPTIONS, platform: 'linux', ofUser: true });
  expect(service?.files[0].values['exec_start']).toBe(
    String.raw`"/opt/a b/node" "/x/$$HOME/100%%/\"q\".js" "orchestrator" "run"`,
  );
  expect(service?.files[1]?.values['socket']).toBe('/var/<&>/100%%/daemon.sock');
});

test('a property list for launchd is well-formed', async ({ home, provisioning }) => {
  const service = serviceFiles({ ...OPTIONS, platform: 'darwin', ofUser: true });
  expect(service?.files[0].path).toBe('/home/ada/Library/LaunchAgents/provisioning.orchestrator.plist');
  const values = home.write('values.json', JSON.stringify(service?.files[0].values));
  const rendered = await provisioning(`template render ${service?.files[0].template} --values ${values}`);
  expect(rendered.code).toBe(0);
  expect(rendered.stdout).toContain('<string>/var/&lt;&amp;&gt;/d</string>');
  const file = home.write('out.plist', rendered.stdout);
  const script = 'import plistlib,sys,json; print(json.dumps(plistlib.load(open(sys.argv[1],"rb"))))';
  const parsed = spawnSync('python3', ['-c', script, file]);
  if (parsed.error !== undefined) return console.warn('python3 is not installed: the property list is not parsed');
  expect(JSON.parse(parsed.stdout.toString())).toMatchObject({
    ProgramArguments: [...OPTIONS.program, 'orchestrator', 'run'],
    EnvironmentVariables: { PROVISIONING_STORAGE_DATA_DIR: OPTIONS.dataDir },
  });
});

test('there is no service for other systems', () => {
  expect(serviceFiles({ ...OPTIONS, platform: 'win32', ofUser: true })).toBeUndefined();
});
