import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bench } from '../rig/nushell.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.remove());

async function own(text: string, params: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  const library = bench.library(await bench.module('dns/update.nu', text));
  return bench.run({ type: 'dns.update', params, env }, library);
}

describe('results', () => {
  test('the returned record becomes result.json', async () => {
    const outcome = await own(
      'export def update-dns [request] { { message: "done", zone: $request.params.zone, n: 1.5 } }',
      {
        zone: 'a.example',
      },
    );
    expect(outcome).toMatchObject({
      exit: 0,
      result: { message: 'done', zone: 'a.example', n: 1.5 },
      failure: undefined,
    });
    expect((await readdir(outcome.folder)).toSorted()).toEqual(['output.log', 'request.json', 'result.json']);
  });

  test('an operation that returns nothing has an empty result', async () => {
    expect(await own('export def update-dns [request] { }')).toMatchObject({ exit: 0, result: {} });
  });

  test('anything else than a record is refused by name of the module', async () => {
    const outcome = await own('export def update-dns [request] { [1 2] }');
    expect(outcome).toMatchObject({ exit: 1, result: undefined });
    expect(outcome.failure).toMatchObject({ message: 'dns/update.nu returned list<int>, not a record' });
  });

  test('the operation runs in the workspace, and its own modules find the library', async () => {
    const outcome = await own(
      'use lib/task.nu report-progress\nexport def update-dns [request] { report-progress 5; { cwd: (pwd) } }',
    );
    expect(outcome.result).toMatchObject({ cwd: bench.workspace });
    expect(outcome.output).toBe('PROGRESS: 5\n');
  });

  test('nushell.run hands over the record of arguments', async () => {
    const library = bench.library(
      await bench.module('dns/update.nu', 'export def update-zone [args: record] { { message: $args.zone } }'),
    );
    const params = { module: 'dns/update.nu', function: 'update-zone', args: { zone: "it's $(id)" } };
    expect(await bench.run({ type: 'nushell.run', params }, library)).toMatchObject({
      exit: 0,
      result: { message: "it's $(id)" },
    });
  });
});

describe('failures', () => {
  test('an error that the operation makes reaches failure.json with help, label and line', async () => {
    const outcome = await own(
      [
        'export def update-dns [request] {',
        '  let zone = "ä" ; error make { msg: "the zone is locked", help: "unlock it", label: { text: "this zone", span: (metadata $zone).span } }',
        '}',
      ].join('\n'),
    );
    expect(outcome).toMatchObject({ exit: 1, result: undefined });
    expect(outcome.failure).toMatchObject({
      message: 'the zone is locked',
      help: 'unlock it',
      label: 'this zone',
      module: 'dns/update.nu',
      place: { file: join(bench.workspace, 'nulib', 'dns', 'update.nu'), line: 2, column: 14 },
    });
    expect(outcome.failure?.['source']).toContain('error make');
    expect(outcome.output).toContain('the zone is locked');
  });

  test('an error inside each is reported as itself, not as its wrapping', async () => {
    const outcome = await own(
      'export def update-dns [request] { [1] | each {|n| error make { msg: $"number ($n)" } } }',
    );
    expect(outcome.failure).toMatchObject({ message: 'number 1' });
  });

  test('a code of its own is kept, and one of Nushell is not taken for one', async () => {
    const coded = await own('export def update-dns [request] { error make { msg: "two of them", code: "conflict" } }');
    expect(coded.failure).toMatchObject({ code: 'conflict' });
    const divided = await own('export def update-dns [request] { { n: (1 / ($request.params.zero)) } }', { zero: 0 });
    expect(divided).toMatchObject({ exit: 1, failure: { message: 'Division by zero.' } });
    expect(divided.failure).not.toHaveProperty('code');
  });

  test('a command that fails says with which status', async () => {
    const outcome = await own('export def update-dns [request] { ^sh -c "exit 7"; { message: "never" } }');
    expect(outcome).toMatchObject({ exit: 1, failure: { label: 'exited with code 7' } });
  });

  test('a module with a syntax error exits 1 and shows the place in the output', async () => {
    const outcome = await own('export def update-dns [request] {\n  let x = (1 +\n');
    expect(outcome).toMatchObject({ exit: 1, result: undefined, failure: undefined });
    expect(outcome.output).toContain('dns/update.nu');
  });
});

describe('hostile parameters', () => {
  test('they arrive unchanged and nothing in them is executed', async () => {
    const canary = join(bench.root, 'canary');
    const hostile: Record<string, unknown> = {
      quote: `'; touch '${canary}' #`,
      double: `"; ^touch "${canary}"; "`,
      substitution: `$(touch ${canary}) \`touch ${canary}\` (^touch "${canary}")`,
      interpolation: `$"(^touch '${canary}')"`,
      path: '../../etc',
      lines: `a\nPROGRESS: 99\n^touch ${canary}`,
      long: 'x'.repeat(10_000),
      template: '{{ x }}{% raw %}',
      nul: 'a\u0000b',
      unicode: '\u2028é😀',
      [`'; touch '${canary}' #`]: 'as a key',
    };
    const outcome = await own('export def update-dns [request] { { got: $request.params } }', hostile);
    expect(outcome).toMatchObject({ exit: 0, result: { got: hostile } });
    expect(await readdir(bench.root)).not.toContain('canary');
    expect(outcome.output).toBe('');
  });

  test('progress text cannot smuggle in a line of its own', async () => {
    const outcome = await own(
      'use lib/task.nu report-progress\nexport def update-dns [request] { report-progress "1/2" $request.params.text }',
      { text: 'a\nPROGRESS: 99' },
    );
    expect(outcome.output).toBe('PROGRESS: 1/2 a PROGRESS: 99\n');
  });
});

describe('what a task tells while it runs', () => {
  test('a checkpoint is left in the task folder', async () => {
    const outcome = await own(
      'use lib/task.nu save-checkpoint\nexport def update-dns [request] { save-checkpoint { step: 3 }; {} }',
    );
    expect(JSON.parse(await readFile(join(outcome.folder, 'checkpoint.json'), 'utf8'))).toEqual({ step: 3 });
  });

  const probe =
    'use lib/task.nu orchestrator-available\nexport def update-dns [request] { { there: (orchestrator-available) } }';

  test('no orchestrator is available without a socket, or behind a dead one', async () => {
    expect((await own(probe)).result).toMatchObject({ there: false });
    const dead = join(bench.root, 'dead.sock');
    await writeFile(dead, '');
    expect((await own(probe, {}, { PROVISIONING_SOCKET: dead })).result).toMatchObject({ there: false });
  });

  test('an orchestrator that answers on the socket is available', async () => {
    const socket = join(bench.root, 'o.sock');
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end('{"status":"healthy"}');
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      expect((await own(probe, {}, { PROVISIONING_SOCKET: socket })).result).toMatchObject({ there: true });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
