import type { Health, StatusDocument } from '../api/responses.ts';
import { oneLine } from './escape.ts';
import type { Style } from './style.ts';
import { durationText } from './time.ts';

export function orchestratorText(status: StatusDocument, style: Style): string {
  if (!status.running) return 'The orchestrator is not running. It starts by itself when a command needs it.\n';
  const { pid, version, phase, uptime_seconds: uptime, running_tasks, queued, rss_bytes } = status;
  const lines = [
    `The orchestrator is ${style.green('running')}${phase === 'draining' ? ' and about to leave' : ''}.`,
    `pid       ${pid ?? 'unknown'} (version ${version ?? 'unknown'}), for ${durationText((uptime ?? 0) * 1000)}`,
    `work      ${running_tasks ?? 0} running, ${queued ?? 0} queued`,
    `memory    ${Math.round((rss_bytes ?? 0) / 2 ** 20)} MiB`,
    ...(status.socket === null ? [] : [`socket    ${oneLine(status.socket)}`]),
    ...(status.endpoint === null ? [] : [`endpoint  ${oneLine(status.endpoint)}`]),
    ...status.troubles.map((trouble) => `${style.yellow('trouble:')} ${oneLine(trouble)}`),
    ...status.pending_restart.map((key) => `${style.yellow('changed:')} ${key} holds after a restart`),
  ];
  return `${lines.join('\n')}\n`;
}

export const startedText = ({ pid }: Pick<Health, 'pid'>): string => `The orchestrator runs (pid ${pid}).\n`;

export const stoppedText = ({ was_running }: { readonly was_running: boolean }): string =>
  was_running ? 'The orchestrator has stopped.\n' : 'No orchestrator was running.\n';
