import type { Environment } from './paths.ts';

/** By systemd's protocol, the first descriptor after the standard ones. */
const FIRST_FD = 3;

/** Descriptors of the sockets that a service manager listens on already and hands to this very process. */
export function handedSockets(variables: Environment, pid: number): readonly number[] {
  // A parent's variables may have been inherited with no descriptor behind them.
  if (variables['LISTEN_PID'] !== String(pid)) return [];
  const count = /^\d{1,3}$/.test(variables['LISTEN_FDS'] ?? '') ? Number(variables['LISTEN_FDS']) : 0;
  return Array.from({ length: count }, (_, index) => FIRST_FD + index);
}

/** They mean one process, and nobody that it starts. */
export function withoutHandedSockets(variables: Environment): Environment {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !HANDED.test(name)));
}

const HANDED = /^LISTEN_(?:PID|FDS|FDNAMES|PIDFDID)$/;
