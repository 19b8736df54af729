import { prepareDataDir } from '../../src/adapters/sqlite/data-dir.ts';
import { createClient } from '../../src/client/client.ts';
import { pathsOf } from '../../src/config/data-paths.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { join } from 'node:path';

// A command that does nothing but start the orchestrator of the folder that it is given.
const [dataDir = ''] = process.argv.slice(2);
const loaded = await loadConfiguration({ cwd: process.cwd(), env: process.env, uid: process.getuid?.() ?? -1 });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const client = createClient({
  settings: loaded.value.settings,
  version: '0.0.0',
  files: pathsOf(dataDir),
  command: [process.execPath, join(import.meta.dirname, '..', 'daemon', 'fixtures', 'orchestrator.ts')],
  env: process.env,
  ci: false,
  tokenFile: undefined,
  prepareDataDir,
});
if (!client.ok) throw new Error(client.error.message);
const started = await client.value.start();
console.log(started.ok ? started.value.status : started.error.message);
