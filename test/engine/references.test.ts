import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { JsonRecord } from '../../src/domain/json.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { command, hostEngine, submission, temporaryPaths } from '../rig/engine.ts';
import type { EngineHost } from '../rig/engine.ts';

let home: ReturnType<typeof temporaryPaths>;
let host: EngineHost;

beforeEach(() => {
  home = temporaryPaths();
  host = hostEngine(home.paths);
});

afterEach(async () => {
  await host.close();
  home.remove();
});

async function finish(operations: readonly Operation[]): Promise<RunDocument> {
  const accepted = host.engine.submit(submission(operations));
  if (!accepted.ok) throw new Error(accepted.error.message);
  await host.engine.settled(accepted.value.id);
  const run = await host.reads.run(accepted.value.id);
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
}

/** An operation with this result; in its own arguments, nothing in it is a reference. */
const making = (id: string, result: JsonRecord, more: Partial<Operation> = {}): Operation =>
  command(
    id,
    ['sh', '-c', 'printf %s "$0" | sed "s/<</{{/g" >"$PROVISIONING_TASK_DIR/result.json"', inert(result)],
    more,
  );

const inert = (result: JsonRecord): string => JSON.stringify(result).replaceAll('{{', '<<');

test('a task gets the results of earlier tasks in its arguments, environment and folder', async () => {
  const params = {
    argv: ['sh', '-c', 'printf "%s|" "$@" "$WHOLE" >out', 'sh', '{{ tasks.web.ip }}', '{{ tasks.web.cpus }}'],
    env: { WHOLE: "{{ tasks['web'].message }} at {{ tasks.db.nodes[1].name }}" },
    cwd: home.root,
  };
  const run = await finish([
    making('web', { ip: '10.0.0.1; touch /x', cpus: 4, message: 'web is up' }),
    making('db', { nodes: [{ name: 'n0' }, { name: '{{ tasks.web.ip }}' }] }, { dependencies: ['web'] }),
    command('use', [], { params, dependencies: ['db'] }),
  ]);
  expect(run.status).toBe('completed');
  expect(readFileSync(`${home.root}/out`, 'utf8')).toBe('10.0.0.1; touch /x|4|web is up at {{ tasks.web.ip }}|');
});

test('a result without the field fails the task that uses it, and says which fields there are', async () => {
  const run = await finish([
    making('web', { ip: '10.0.0.1' }),
    command('use', ['echo', '{{ tasks.web.address }}'], { dependencies: ['web'] }),
    command('after', ['true'], { dependencies: ['use'] }),
  ]);
  expect(run.tasks.map(({ status }) => status)).toEqual(['completed', 'failed', 'skipped']);
  expect(run.tasks[1]?.failure).toMatchObject({
    code: 'definition_invalid',
    message: 'uses "address" of the result of task "web", which has no such field',
    hint: 'It has "ip".',
  });
});

test('a task that did not complete has no result to use', async () => {
  const run = await finish([
    command('web', ['false']),
    command('use', ['echo', '{{ tasks.web.ip }}'], { dependencies: [{ id: 'web', kind: 'soft', on: 'success' }] }),
  ]);
  expect(run.tasks[1]?.failure?.message).toBe('uses the result of task "web", which has none: it did not complete');
});

test('a result of the wrong type fails the task before anything starts', async () => {
  const run = await finish([
    making('web', { nodes: [] }),
    command('use', ['echo', '{{ tasks.web.nodes }}'], { dependencies: ['web'] }),
  ]);
  expect(run.tasks[1]?.failure?.message).toBe(
    'with the results that it uses, "argv[1]" must be a string; found an empty list',
  );
});

test('what an attempt finds in its request is resolved', async () => {
  const run = await finish([
    making('web', { ip: '10.0.0.1' }),
    command(
      'use',
      [
        'sh',
        '-c',
        'cp "$PROVISIONING_TASK_DIR/request.json" "$0"; : "$1"',
        `${home.root}/request`,
        '{{ tasks.web.ip }}',
      ],
      {
        dependencies: ['web'],
      },
    ),
  ]);
  expect(run.status).toBe('completed');
  expect(readFileSync(`${home.root}/request`, 'utf8')).toContain('"10.0.0.1"]');
});
