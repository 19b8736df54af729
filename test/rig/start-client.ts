import { prepareDataDir } from '../../src/adapters/sqlite/data-dir.ts';
import { createLocks } from '../../src/adapters/system/locks.ts';
import { createClient } from '../../src/client/client.ts';
import { pathsOf } from '../../src/config/data-paths.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { join } from 'node:path';

// A command that does nothing but start the orchestrator of the folder that it is given. Each process that it starts for
// that writes a line to the file that may follow.
const [dataDir = '', starts = '/dev/null'] = process.argv.slice(2);
const program = join(import.meta.dirname, '..', 'daemon', 'fixtures', 'orchestrator.ts');
const loaded = await loadConfiguration({ cwd: process.cwd(), env: process.env, uid: process.getuid?.() ?? -1 });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const client = createClient({
  settings: loaded.value.settings,
  version: '0.0.0',
  files: pathsOf(dataDir),
  command: ['/bin/sh', '-c', `echo started >> "${starts}"; exec "$@"`, 'sh', process.execPath, program],
  env: process.env,
  ci: false,
  tokenFile: undefined,
  prepareDataDir,
  takeLock: (file) => Promise.resolve(createLocks().tryAcquire(file)),
});
if (!client.ok) throw new Error(client.error.message);
const started = await client.value.start();
console.log(started.ok ? started.value.status : started.error.message);
