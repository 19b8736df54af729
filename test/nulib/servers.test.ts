import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bench } from '../rig/nushell.ts';
import type { Outcome } from '../rig/nushell.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.remove());

const create = (id: string, params: Record<string, unknown> = { plan: '2xCPU-4GB' }, more: { key?: string } = {}) =>
  bench.run({ type: 'server.create', id, provider: 'local', params, ...more });
const factsOf = (outcome: Outcome): Record<string, unknown> => outcome.result?.resources[0]?.facts ?? {};
const rootOf = (outcome: Outcome): string => String(factsOf(outcome)['root']);

/** Everything below the state folder, so that a test can say that nothing was made. */
const state = (): Promise<string[]> => readdir(bench.state, { recursive: true });

describe('server.create', () => {
  test('makes a host of its own and tells its facts', async () => {
    const outcome = await create('web-1', { plan: '2xCPU-4GB', zone: 'de-fra1' });
    expect(outcome).toMatchObject({ exit: 0, result: { message: 'Server web-1 created' } });
    expect(outcome.result?.resources).toMatchObject([
      {
        action: 'put',
        kind: 'server',
        name: 'web-1',
        provider: 'local',
        status: 'created',
        definition: { name: 'web-1', plan: '2xCPU-4GB', zone: 'de-fra1', provider: 'local' },
        facts: { cpu: 2, memory_mib: 4096, hostname: 'web-1' },
      },
    ]);
    expect(factsOf(outcome)['address']).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(outcome.result?.['ip']).toBe(factsOf(outcome)['address']);
    expect(factsOf(outcome)['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(await readFile(join(rootOf(outcome), 'etc/hostname'), 'utf8')).toBe('web-1\n');
    expect(rootOf(outcome).startsWith(bench.state)).toBe(true);
  });

  test('a name in the parameters goes before the id of the operation', async () => {
    expect((await create('op-1', { name: 'db-1' })).result).toMatchObject({ message: 'Server db-1 created' });
  });

  test.each([
    ['8xCPU-512MB', { cpu: 8, memory_mib: 512 }],
    ['1xCPU-2GiB', { cpu: 1, memory_mib: 2048 }],
  ])('the plan %s is understood', async (plan, facts) => {
    expect(factsOf(await create('web-1', { plan }))).toMatchObject(facts);
  });

  test('a plan of another form is kept as text and claims no size', async () => {
    const outcome = await create('web-1', { plan: 'huge' });
    expect(outcome.result?.resources[0]?.definition).toMatchObject({ plan: 'huge' });
    expect(factsOf(outcome)).not.toHaveProperty('cpu');
  });

  test('the same definition again is no error and changes nothing', async () => {
    const first = await create('web-1');
    await writeFile(join(rootOf(first), 'etc/mine'), 'kept');
    const second = await create('web-1');
    expect(second).toMatchObject({ exit: 0, result: { message: 'Server web-1 exists already, unchanged' } });
    expect(factsOf(second)).toEqual(factsOf(first));
    expect(await readFile(join(rootOf(first), 'etc/mine'), 'utf8')).toBe('kept');
  });

  test('a second attempt of the same task says created, because it was this task that created it', async () => {
    await create('web-1', {}, { key: 'K' });
    expect((await create('web-1', {}, { key: 'K' })).result?.message).toBe('Server web-1 created');
  });

  test('another definition is a conflict that names what differs', async () => {
    await create('web-1', { plan: '2xCPU-4GB', zone: 'a' });
    const outcome = await create('web-1', { plan: '4xCPU-4GB', zone: 'a' });
    expect(outcome).toMatchObject({ exit: 1, result: undefined, failure: { code: 'conflict' } });
    expect(outcome.failure?.['help']).toContain('plan');
    expect(outcome.failure?.['help']).not.toContain('zone');
  });

  test('addresses follow from the name: stable for one, different for others and in other infras', async () => {
    const first = factsOf(await create('web-1'))['address'];
    await bench.run({ type: 'server.delete', id: 'web-1' });
    expect(factsOf(await create('web-1'))['address']).toBe(first);
    expect(factsOf(await create('web-2'))['address']).not.toBe(first);
    bench.infra = 'other';
    expect(factsOf(await create('web-1'))['address']).not.toBe(first);
  });

  test.each([0, 4, 8])(
    'an address whose digits look like a binary number at %i is computed like any other',
    async (at) => {
      const digest = (name: string): string =>
        createHash('sha256')
          .update(JSON.stringify([bench.workspace, bench.infra, name]))
          .digest('hex');
      let number = 0;
      while (digest(`web-${number}`).slice(at, at + 2) !== '0b') number++;
      const bytes = [0, 4, 8].map((from) => parseInt(digest(`web-${number}`).slice(from, from + 4), 16));
      const [a = 0, b = 0, c = 0] = bytes;
      expect(factsOf(await create(`web-${number}`))['address']).toBe(
        `127.${(a % 240) + 16}.${b % 256}.${(c % 254) + 1}`,
      );
    },
  );

  test('the next attempt clears what a killed one left, and finishes', async () => {
    const made = await create('web', {}, { key: 'K' });
    const folder = join(rootOf(made), '..');
    const building = join(folder, '..', `.web~${createHash('sha256').update('K').digest('hex').slice(0, 16)}`);
    await rename(folder, building);
    await rm(join(building, 'server.json'));
    expect((await create('web', {}, { key: 'K' })).result?.message).toBe('Server web created');
    expect(await readdir(join(folder, '..'))).toEqual(['web']);
  });

  test('a folder without its fact sheet is no host: it is made anew', async () => {
    const folder = join(rootOf(await create('web')), '..');
    await rm(join(folder, 'server.json'));
    expect((await create('web')).result?.message).toBe('Server web created');
    expect((await readdir(folder)).toSorted()).toEqual(['root', 'server.json']);
  });

  test('deleting sweeps what killed creations left, and not that of a neighbour with a longer name', async () => {
    const folder = join(rootOf(await create('web')), '..', '..');
    await mkdir(join(folder, '.web~dead', 'root'), { recursive: true });
    await mkdir(join(folder, '.web-1~alive', 'root'), { recursive: true });
    await bench.run({ type: 'server.delete', id: 'web' });
    expect(await readdir(folder)).toEqual(['.web-1~alive']);
  });

  test('creations at once end with one whole host, and all say so', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map((n) => create('web-1', {}, { key: `K${n}` })));
    expect(outcomes.map(({ exit }) => exit)).toEqual([0, 0, 0, 0]);
    const folder = join(rootOf(outcomes[0] as Outcome), '..');
    expect((await readdir(folder)).toSorted()).toEqual(['root', 'server.json']);
    expect(await readdir(join(folder, '..'))).toEqual(['web-1']);
  });

  test.each(['aws', 'upcloud', 'nonsense'])('the provider %s is refused by name', async (provider) => {
    const outcome = await bench.run({ type: 'server.create', id: 'web-1', provider });
    expect(outcome.failure?.['message']).toBe(
      `provider "${provider}" is not available: this version has local and ssh`,
    );
    expect(await state()).toEqual([]);
  });

  test.each([
    '..',
    '../../etc',
    '.hidden',
    'a/b',
    "'; touch X #",
    '$(id)',
    'a\nb',
    'web\n',
    '',
    '-rf',
    'x'.repeat(64),
    7,
    ['a'],
    '{{ x }}',
  ])('the name %j never reaches the file system', async (name) => {
    const outcome = await create('op', { name });
    expect(outcome).toMatchObject({ exit: 1, failure: { code: 'usage' } });
    expect(await state()).toEqual([]);
  });

  test.each(['..', '../x', 'a/b'])('the infra %j never reaches the file system', async (infra) => {
    bench.infra = infra;
    expect(await create('web-1')).toMatchObject({ exit: 1, failure: { code: 'usage' } });
    expect(await state()).toEqual([]);
  });

  test('hostile values in a definition are kept as data', async () => {
    const canary = join(bench.root, 'canary');
    const zone = `'; touch '${canary}' # $(touch ${canary}) {{ x }}\n\u0000`;
    const outcome = await create('web-1', { plan: zone, zone });
    expect(outcome.result?.resources[0]?.definition).toMatchObject({ plan: zone, zone });
    expect(await create('web-1', { plan: zone, zone })).toMatchObject({ exit: 0 });
    expect(await readdir(bench.root)).not.toContain('canary');
  });
});

describe('server.delete', () => {
  test('removes the host and its record', async () => {
    const folder = join(rootOf(await create('web-1')), '..', '..');
    const outcome = await bench.run({ type: 'server.delete', id: 'web-1' });
    expect(outcome.result).toMatchObject({
      message: 'Server web-1 deleted',
      resources: [{ action: 'remove', kind: 'server', name: 'web-1' }],
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('one that is absent already is no error', async () => {
    expect(await bench.run({ type: 'server.delete', id: 'web-1' })).toMatchObject({
      exit: 0,
      result: { message: 'Server web-1 is absent already' },
    });
  });

  test('one that something stands on is refused, and deleted when forced', async () => {
    await create('web-1');
    bench.inventory['clusters'] = { k1: { definition: { servers: ['web-1'] } } };
    const refused = await bench.run({ type: 'server.delete', id: 'web-1' });
    expect(refused.failure).toMatchObject({
      code: 'conflict',
      message: 'server web-1 is in use by cluster k1',
      help: expect.stringMatching(
        /^Delete these first: provisioning cluster delete k1 --infra wuji\. .*params\.force = true\.$/,
      ) as string,
    });
    const forced = await bench.run({ type: 'server.delete', id: 'web-1', params: { force: true } });
    expect(forced.result?.message).toBe('Server web-1 deleted');
  });
});
