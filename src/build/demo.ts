import { spawnSync } from 'node:child_process';
import { relative, resolve } from 'node:path';

/**
 * `npm run demo`: the reference workflow, handed to an orchestrator that starts itself, with all state below the
 * checkout. A second run finds everything as it is.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const STATE = '.demo';
const WORKFLOW = 'templates/workflows/multi-cloud-deployment.ncl';

process.chdir(ROOT);
run('workflow', 'submit', WORKFLOW, '--wait');
console.log('\nThe run, as the store has it:\n');
run('workflow', 'status', '@latest');
console.log(`
Everything is below ${relative(process.cwd(), resolve(STATE))}/ of this folder. Try next:

  ${line('server list')}
  ${line('workflow logs @latest k8s')}
  ${line('server create extra-1 --plan 2xCPU-4GB --explain-mode')}
  ${line('server create extra-1 --plan 2xCPU-4GB')}
  ${line('orchestrator status')}
  ${line('orchestrator stop')}
`);

function line(command: string): string {
  return `PROVISIONING_STORAGE_DATA_DIR=${STATE} npx provisioning ${command}`;
}

function run(...argv: readonly string[]): void {
  console.log(`$ provisioning ${argv.join(' ')}`);
  const { status } = spawnSync(process.execPath, ['bin/provisioning.js', ...argv], {
    env: { ...process.env, PROVISIONING_STORAGE_DATA_DIR: STATE },
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 70);
}
