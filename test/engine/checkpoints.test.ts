import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { command, hostEngine, submission, temporaryPaths } from '../rig/engine.ts';
import type { EngineHost } from '../rig/engine.ts';
import { Bench } from '../rig/nushell.ts';

let home: ReturnType<typeof temporaryPaths>;
let bench: Bench;

beforeEach(async () => {
  home = temporaryPaths();
  bench = await Bench.make();
});

afterEach(async () => {
  home.remove();
  await bench.remove();
});

async function finish(host: EngineHost, operation: Operation): Promise<RunDocument> {
  const environment = { PATH: '/usr/bin:/bin' };
  const accepted = host.engine.submit(submission([operation], { workspace: bench.workspace, environment }));
  if (!accepted.ok) throw new Error(accepted.error.message);
  await host.engine.settled(accepted.value.id);
  const run = await host.reads.run(accepted.value.id);
  await host.close();
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
}

const retry = { attempts: 4, backoff: 'fixed', initial_delay: 0, max_delay: 0 } as const;

test('a command finds what its last whole checkpoint said, however its last attempt ended', async () => {
  const script = `
    cp "$PROVISIONING_TASK_DIR/request.json" "$0/request-$PROVISIONING_ATTEMPT"
    case $PROVISIONING_ATTEMPT in
      1) echo '{"step":1}' >"$PROVISIONING_TASK_DIR/checkpoint.json"; exit 1 ;;
      2) echo '{"step":' >"$PROVISIONING_TASK_DIR/checkpoint.json"; exit 1 ;;
      3) exit 1 ;;
    esac`;
  const run = await finish(hostEngine(home.paths), command('a', ['sh', '-c', script, home.root], { retry }));
  expect(run.status).toBe('completed');
  const given = [1, 2, 3, 4].map((attempt): unknown => {
    const request = JSON.parse(readFileSync(`${home.root}/request-${attempt}`, 'utf8')) as { checkpoint: unknown };
    return request.checkpoint;
  });
  expect(given).toEqual([null, { step: 1 }, { step: 1 }, { step: 1 }]);
});

test('an operation in Nushell goes on where its last attempt saved a checkpoint', async () => {
  const text = `
    use lib/task.nu save-checkpoint
    export def update-dns [request] {
      let step = ($request.checkpoint?.step? | default 0) + 1
      save-checkpoint { step: $step }
      if $step < 3 { error make { msg: $"only ($step) of 3" } }
      { message: "all of them", step: $step }
    }`;
  const library = bench.library(await bench.module('dns/update.nu', text));
  const operation = { ...command('a', []), type: 'dns.update', params: {}, retry };
  const run = await finish(hostEngine(home.paths, { library }), operation);
  expect(run.tasks[0]).toMatchObject({ status: 'completed', attempts: 3, message: 'all of them', result: { step: 3 } });
});
