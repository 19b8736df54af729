import type { Health, Phase, StatusDocument } from '../api/responses.ts';
import { oneLine } from './escape.ts';
import type { Style } from './style.ts';
import { durationText } from './time.ts';

export function orchestratorText(status: StatusDocument, style: Style): string {
  const troubles = status.troubles.map((trouble) => `${style.yellow('trouble:')} ${oneLine(trouble)}`);
  if (!status.running) return `${[NOT_RUNNING, ...troubles].join('\n')}\n`;
  const { pid, version, phase, uptime_seconds: uptime, running_tasks, queued, rss_bytes } = status;
  const lines = [
    `The orchestrator is ${style.green('running')}${PHASES[phase ?? 'ready']}.`,
    `pid       ${pid ?? 'unknown'} (version ${version ?? 'unknown'}), for ${durationText((uptime ?? 0) * 1000)}`,
    `work      ${running_tasks ?? 0} running, ${queued ?? 0} queued`,
    `memory    ${Math.round((rss_bytes ?? 0) / 2 ** 20)} MiB`,
    ...(status.socket === null ? [] : [`socket    ${oneLine(status.socket)}`]),
    ...(status.endpoint === null ? [] : [`endpoint  ${oneLine(status.endpoint)}`]),
    ...troubles,
    ...status.pending_restart.map((key) => `${style.yellow('changed:')} ${key} holds after a restart`),
  ];
  return `${lines.join('\n')}\n`;
}

const NOT_RUNNING = 'The orchestrator is not running. It starts by itself when a command needs it.';

const PHASES: Readonly<Record<Phase, string>> = {
  ready: '',
  degraded: ', and starts nothing until there is room on the disk',
  draining: ' and about to leave',
};

export const startedText = ({ pid, troubles }: Pick<Health, 'pid' | 'troubles'>): string =>
  [`The orchestrator runs (pid ${pid}).`, ...troubles.map(oneLine)].map((line) => `${line}\n`).join('');

export const resumedText = (wasHeld: boolean): string =>
  wasHeld ? 'Work is started again.\n' : 'Nothing was held back.\n';

export const stoppedText = ({ was_running }: { readonly was_running: boolean }): string =>
  was_running ? 'The orchestrator has stopped.\n' : 'No orchestrator was running.\n';
