import { existsSync, lstatSync, rmSync } from 'node:fs';
import { heldTrouble } from '../../api/restored.ts';
import { isNewer } from '../../api/version.ts';
import { readDescriptor } from '../find.ts';
import { bootId, processStat } from '../proc.ts';
import { fault, notice } from './facts.ts';
import type { Check, Facts, Finding } from './facts.ts';

/** Whether there is an orchestrator, whether it answers, and what is left of former ones. */
export const registration: Check = (facts) => {
  if (!facts.found.ok) return [unreachable(facts)];
  return facts.found.value === undefined ? [...leftovers(facts), ...store(facts)] : running(facts);
};

function unreachable({ found, paths }: Facts): Finding {
  const { message, reason } = found.ok ? { message: '', reason: 'absent' } : found.error;
  const pid = readDescriptor(paths.descriptor)?.pid;
  if (reason === 'silent')
    return fault(
      'unresponsive',
      message,
      `It may be stopped: kill -CONT ${pid ?? 'PID'}; else end it: kill ${pid ?? 'PID'}`,
    );
  return fault('unreachable', message, 'See what it says; --direct does without the orchestrator.');
}

/** Nobody is there, so these files are nobody's. */
function leftovers({ paths }: Facts): readonly Finding[] {
  const findings: Finding[] = [];
  const remove = (file: string) => (): void => {
    rmSync(file, { force: true });
  };
  const descriptor = readDescriptor(paths.descriptor);
  if (existsSync(paths.descriptor)) {
    const what = descriptor === undefined ? 'does not describe an orchestrator' : 'describes one that has gone';
    const code = descriptor === undefined ? 'descriptor_garbage' : 'descriptor_stale';
    const isStranger = descriptor !== undefined && lives(descriptor);
    const mend = isStranger ? undefined : remove(paths.descriptor);
    findings.push(fault(code, `${paths.descriptor} ${what}`, 'Remove it, or start one: it is replaced.', mend));
  }
  const socket = descriptor?.socket ?? `${paths.dataDir}/daemon.sock`;
  if (lstatSync(socket, { throwIfNoEntry: false })?.isSocket() === true)
    findings.push(fault('socket_stale', `nobody listens on ${socket}`, 'Remove it, or start one.', remove(socket)));
  return findings;
}

/** Its very process lives, though it does not answer: it may be about to. */
const lives = ({ pid, start_time, boot_id }: { pid: number; start_time: string | null; boot_id: string | null }) =>
  boot_id === bootId() && processStat(pid)?.startTime === start_time && processStat(pid)?.state !== 'Z';

async function running({ found, status, version, now, store }: Facts): Promise<readonly Finding[]> {
  if (!found.ok || found.value === undefined) return [];
  const { health, descriptor } = found.value;
  const findings: Finding[] = [];
  if (isNewer(version, health.version) || isNewer(health.version, version))
    findings.push(
      fault(
        'version_skew',
        `the orchestrator has version ${health.version}, this program ${version}`,
        isNewer(version, health.version) ? 'provisioning orchestrator restart --drain' : 'Use the newer program.',
      ),
    );
  if (Date.parse(health.started_at) > now + CLOCK_MS)
    findings.push(
      fault('clock', `the orchestrator started in the future: ${health.started_at}`, 'Set the clock right.'),
    );
  const restored = store.restored();
  const said = restored === undefined ? undefined : heldTrouble(restored);
  for (const trouble of health.troubles.filter((text) => text !== said))
    findings.push(fault('trouble', trouble, 'Mend it, then: orchestrator restart'));
  const pending = descriptor === null ? [] : (status?.pending_restart ?? []);
  if (pending.length > 0)
    findings.push(
      notice('pending_restart', `changed and not in use: ${pending.join(', ')}`, 'provisioning orchestrator restart'),
    );
  return findings;
}

const CLOCK_MS = 60_000;

/** Written by a clock that was ahead, records sort before what comes after them. */
function store({ paths, now }: Facts): readonly Finding[] {
  const written = lstatSync(paths.store, { throwIfNoEntry: false })?.mtimeMs;
  if (written === undefined || written <= now + CLOCK_MS) return [];
  return [fault('clock', `${paths.store} was written in the future`, 'Set the clock right.')];
}
