import type { JsonRecord } from '../domain/json.ts';

/** What makes the orchestrator a service: where its file goes, what stands in it, and how it is turned on. */
export interface ServiceFile {
  readonly path: string;
  /** A shipped template. */
  readonly template: string;
  readonly values: JsonRecord;
  /** Commands, as typed. */
  readonly turnOn: readonly string[];
  readonly turnOff: readonly string[];
}

export interface ServiceOptions {
  readonly platform: string;
  /** For this user, while it lingers or is logged in; else for the machine. */
  readonly ofUser: boolean;
  readonly program: readonly [string, ...string[]];
  readonly dataDir: string;
  readonly home: string;
  readonly configHome: string;
  /** Put before `/etc`. */
  readonly systemRoot: string;
}

const NAME = 'provisioning';

/** `undefined`: this system has neither systemd nor launchd. */
export function serviceFile(options: ServiceOptions): ServiceFile | undefined {
  if (options.platform === 'linux') return systemd(options);
  return options.platform === 'darwin' ? launchd(options) : undefined;
}

function systemd({ ofUser, program, dataDir, configHome, systemRoot }: ServiceOptions): ServiceFile {
  const control = ofUser ? 'systemctl --user' : 'systemctl';
  return {
    path: `${ofUser ? `${configHome}/systemd/user` : `${systemRoot}/etc/systemd/system`}/${NAME}.service`,
    template: 'service/systemd.service',
    values: {
      exec_start: [...program, 'orchestrator', 'run'].map((word) => systemdWord(word)).join(' '),
      environment: systemdWord(`PROVISIONING_STORAGE_DATA_DIR=${dataDir}`, true),
      wanted_by: ofUser ? 'default.target' : 'multi-user.target',
    },
    turnOn: [`${control} daemon-reload`, `${control} enable --now ${NAME}`],
    turnOff: [`${control} disable --now ${NAME}`],
  };
}

/** Quoted, with what systemd would expand taken literally; `$` is special in commands only. */
function systemdWord(word: string, isEnvironment = false): string {
  const literal = word.replaceAll('%', '%%').replace(/["\\]/g, String.raw`\$&`);
  return `"${isEnvironment ? literal : literal.replaceAll('$', '$$$$')}"`;
}

function launchd({ ofUser, program, dataDir, home, systemRoot }: ServiceOptions): ServiceFile {
  const folder = ofUser ? `${home}/Library/LaunchAgents` : `${systemRoot}/Library/LaunchDaemons`;
  const path = `${folder}/${NAME}.orchestrator.plist`;
  const domain = ofUser ? 'gui/$(id -u)' : 'system';
  return {
    path,
    template: 'service/launchd.plist',
    values: { arguments: [...program, 'orchestrator', 'run'].map(xml), data_dir: xml(dataDir) },
    turnOn: [`launchctl bootstrap ${domain} ${path}`],
    turnOff: [`launchctl bootout ${domain} ${path}`],
  };
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
