/** Every file of one `data_dir`, so that nothing else joins strings. */
export interface Paths {
  readonly dataDir: string;
  /** The SQLite file. */
  readonly store: string;
  /** Copies of the store. */
  readonly backups: string;
  /** What was moved aside because it was damaged, a folder each. */
  readonly damaged: string;
  /** There while a store that was restored waits for a person. */
  readonly restored: string;
  /** Held while the store is exchanged. */
  readonly mendingLock: string;
  /** Given up when the disk is full. */
  readonly reserve: string;
  /** The right to be the orchestrator: a kernel lock. Only ever opened by SQLite, never unlinked. */
  readonly daemonLock: string;
  /** One starter at a time: a kernel lock, as `daemonLock`. Older programs use other files for it. */
  readonly spawnLock: string;
  /** Where the orchestrator is and what it speaks; written after it listens. */
  readonly descriptor: string;
  readonly token: string;
  readonly log: string;
  /** Raw output of the orchestrator's process: crash traces only. */
  readonly output: string;
  /** One lock file per engine. */
  readonly owners: string;
  /** One folder per task, one below it per attempt. */
  readonly tasks: string;
  /** What stands for hosts of the `local` provider. */
  readonly hosts: string;
}

export const pathsOf = (dataDir: string): Paths => ({
  dataDir,
  store: `${dataDir}/state.db`,
  backups: `${dataDir}/backups`,
  damaged: `${dataDir}/damaged`,
  restored: `${dataDir}/restored.json`,
  mendingLock: `${dataDir}/mending.lock`,
  reserve: `${dataDir}/reserve`,
  daemonLock: `${dataDir}/daemon.lock`,
  spawnLock: `${dataDir}/spawn`,
  descriptor: `${dataDir}/daemon.json`,
  token: `${dataDir}/token`,
  log: `${dataDir}/daemon.log`,
  output: `${dataDir}/daemon.out`,
  owners: `${dataDir}/owners`,
  tasks: `${dataDir}/tasks`,
  hosts: `${dataDir}/hosts`,
});

export const ownerLock = (paths: Paths, owner: string): string => `${paths.owners}/${owner}.lock`;

export const taskFolder = (paths: Paths, taskId: string): string => `${paths.tasks}/${taskId}`;

/** The fence keeps a revoked attempt and the one that takes its number apart. */
export const attemptFolder = (paths: Paths, taskId: string, attempt: { number: number; fence: string }): string =>
  `${taskFolder(paths, taskId)}/${attempt.number}-${attempt.fence}`;
