import type { JsonRecord } from '../domain/json.ts';

export interface ServiceFile {
  readonly path: string;
  /** A shipped template. */
  readonly template: string;
  readonly values: JsonRecord;
}

/** What makes the orchestrator a service: its files, the one with the program first, and how it is turned on. */
export interface ServiceFiles {
  readonly files: readonly [ServiceFile, ...ServiceFile[]];
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
  /** Where the orchestrator of `dataDir` listens. */
  readonly socket: string;
  readonly home: string;
  readonly configHome: string;
  /** Put before `/etc`. */
  readonly systemRoot: string;
}

const NAME = 'provisioning';

/** `undefined`: this system has neither systemd nor launchd. */
export function serviceFiles(options: ServiceOptions): ServiceFiles | undefined {
  if (options.platform === 'linux') return systemd(options);
  return options.platform === 'darwin' ? launchd(options) : undefined;
}

/** The socket is the system's: who comes while the orchestrator starts or restarts waits, and is not refused. */
function systemd({ ofUser, program, dataDir, socket, configHome, systemRoot }: ServiceOptions): ServiceFiles {
  const control = ofUser ? 'systemctl --user' : 'systemctl';
  const folder = ofUser ? `${configHome}/systemd/user` : `${systemRoot}/etc/systemd/system`;
  const both = `${NAME}.socket ${NAME}.service`;
  const service = {
    path: `${folder}/${NAME}.service`,
    template: 'service/systemd.service',
    values: {
      exec_start: [...program, 'orchestrator', 'run'].map((word) => systemdWord(word)).join(' '),
      environment: systemdWord(`PROVISIONING_STORAGE_DATA_DIR=${dataDir}`, true),
      socket_unit: `${NAME}.socket`,
      wanted_by: ofUser ? 'default.target' : 'multi-user.target',
    },
  };
  const listening = {
    path: `${folder}/${NAME}.socket`,
    template: 'service/systemd.socket',
    values: { socket: socket.replaceAll('%', '%%') },
  };
  return {
    files: [service, listening],
    turnOn: [`${control} daemon-reload`, `${control} enable --now ${both}`],
    turnOff: [`${control} disable --now ${both}`, `${control} daemon-reload`],
  };
}

/** Quoted, with what systemd would expand taken literally; `$` is special in commands only. */
function systemdWord(word: string, isEnvironment = false): string {
  const literal = word.replaceAll('%', '%%').replace(/["\\]/g, String.raw`\$&`);
  return `"${isEnvironment ? literal : literal.replaceAll('$', '$$$$')}"`;
}

function launchd({ ofUser, program, dataDir, home, systemRoot }: ServiceOptions): ServiceFiles {
  const folder = ofUser ? `${home}/Library/LaunchAgents` : `${systemRoot}/Library/LaunchDaemons`;
  const path = `${folder}/${NAME}.orchestrator.plist`;
  const domain = ofUser ? 'gui/$(id -u)' : 'system';
  return {
    files: [
      {
        path,
        template: 'service/launchd.plist',
        values: { arguments: [...program, 'orchestrator', 'run'].map(xml), data_dir: xml(dataDir) },
      },
    ],
    turnOn: [`launchctl bootstrap ${domain} ${path}`],
    turnOff: [`launchctl bootout ${domain} ${path}`],
  };
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
