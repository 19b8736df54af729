import { existsSync } from 'node:fs';
import { isNewer } from '../../api/version.ts';
import { fault, notice } from './facts.ts';
import type { Check, Facts, Finding } from './facts.ts';
import { list, text } from './look.ts';

/** What the machine and the terminal bring along. */
export const surroundings: Check = (facts) => [
  ...versions(facts),
  ...company(facts),
  ...environment(facts),
  ...logout(facts),
];

const NODE = '26.0.0';
/** Earlier ones can lose what two processes wrote at once. */
const SQLITE = '3.51.3';

function versions({ versions: { node, sqlite } }: Facts): readonly Finding[] {
  return [
    ...(isNewer(NODE, node) ? [fault('node', `this is Node ${node}`, `Install Node ${NODE} or newer.`)] : []),
    ...(isNewer(SQLITE, sqlite)
      ? [
          fault(
            'sqlite',
            `SQLite ${sqlite} can damage a store`,
            `Use a Node that comes with SQLite ${SQLITE} or newer.`,
          ),
        ]
      : []),
  ];
}

function company({ misfits }: Facts): readonly Finding[] {
  return misfits.map(({ message, place, hint = 'Correct that file.' }) =>
    fault('versions', place === undefined ? message : `${place.file}: ${message}`, hint),
  );
}

function environment({ env }: Facts): readonly Finding[] {
  const options = env['NODE_OPTIONS'] ?? '';
  const proxy = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].find((name) => (env[name] ?? '') !== '');
  return [
    ...(/--inspect/.test(options)
      ? [notice('node_options', 'NODE_OPTIONS opens a debugger in every program of Node', 'unset NODE_OPTIONS')]
      : []),
    ...(proxy !== undefined && (env['NODE_USE_ENV_PROXY'] ?? '') !== ''
      ? [notice('proxy', `${proxy} is set; the orchestrator is never asked through it`, 'Nothing has to be done.')]
      : []),
  ];
}

/** A system that ends what a user left behind also ends the orchestrator and its tasks. */
function logout({ systemRoot, env }: Facts): readonly Finding[] {
  const etc = `${systemRoot}/etc/systemd`;
  const parts = [`${etc}/logind.conf`, ...list(`${etc}/logind.conf.d`).map((name) => `${etc}/logind.conf.d/${name}`)];
  const said = parts.flatMap((file) => [...text(file).matchAll(/^\s*KillUserProcesses\s*=\s*(\w+)/gm)]).at(-1)?.[1];
  const user = env['USER'] ?? env['LOGNAME'] ?? '';
  const lingers = user !== '' && existsSync(`${systemRoot}/var/lib/systemd/linger/${user}`);
  if (said === undefined || !/^(?:yes|true|on|1)$/i.test(said) || lingers) return [];
  const message = 'this system ends all processes of a user at logout (KillUserProcesses), the orchestrator too';
  return [fault('logout', message, 'loginctl enable-linger, and: provisioning orchestrator install --user')];
}
