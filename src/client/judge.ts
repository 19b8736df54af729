import { PROTOCOL, isNewer, speakTogether } from '../api/version.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Found } from './find.ts';

export type Verdict =
  | { readonly kind: 'use' }
  /** It is older and has nothing to do. */
  | { readonly kind: 'replace' }
  | { readonly kind: 'refuse'; readonly failure: Failure };

/**
 * What a program of this version does with an orchestrator that it found. Tasks change the world, so one with work is
 * never ended for its age; and an older program never ends a newer one, or two installations would end each other's
 * for ever. `mayReplace`: this command may start orchestrators.
 */
export function judge({ health, descriptor, door }: Found, version: string, mayReplace: boolean): Verdict {
  const isOlder = isNewer(version, health.version);
  const isOurs = descriptor !== null && health.foreground !== true;
  if (mayReplace && isOurs && isOlder && !isBusy(health)) return { kind: 'replace' };
  if (speakTogether(health.protocol, PROTOCOL)) return { kind: 'use' };
  const { min, max } = health.protocol;
  const theirs = `${door.name} has version ${health.version} and speaks protocol ${min}–${max}`;
  const ours = `this program has version ${version} and speaks ${PROTOCOL.min}–${PROTOCOL.max}`;
  const work = isBusy(health) ? `; it has ${health.running_tasks} running and ${health.queued} queued tasks` : '';
  const hint = isOlder ? hintFor(health) : 'Use the newer program: it understands both.';
  return { kind: 'refuse', failure: failure('try_later', `${theirs}; ${ours}${work}`, { hint }) };
}

const isBusy = ({ running_tasks, queued, open_runs }: Found['health']): boolean =>
  running_tasks + queued + open_runs > 0;

const hintFor = ({ foreground }: Found['health']): string =>
  foreground === true
    ? 'It was started by hand or by a service: restart it there.'
    : 'Wait until it has nothing to do, or: provisioning orchestrator restart --drain';
