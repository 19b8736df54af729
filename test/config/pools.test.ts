import { describe, expect, test } from 'vitest';
import { explainKey } from '../../src/config/explain.ts';
import { readDocument } from '../../src/config/document.ts';
import { settingOrigins, settingRows } from '../../src/config/show.ts';
import { machine, SYSTEM, USER, WORKSPACE } from './machine.ts';

test('a pool has a limit; without a rate it has none, and its burst follows from its rate', async () => {
  const { put, load } = machine();
  const text = `
    [pools.plain]
    limit = 3
    [pools."eu-1.aws"]
    limit = 5
    rate_per_second = 2.5
    [pools.slow]
    limit = 1
    rate_per_second = 0.1
    [pools.bursty]
    limit = 1
    rate_per_second = 1
    burst = 20`;
  put(USER, text);
  expect((await load()).settings.pools).toEqual({
    plain: { limit: 3, rate_per_second: null, burst: 1 },
    'eu-1.aws': { limit: 5, rate_per_second: 2.5, burst: 3 },
    slow: { limit: 1, rate_per_second: 0.1, burst: 1 },
    bursty: { limit: 1, rate_per_second: 1, burst: 20 },
  });
  expect((await machine().load()).settings.pools).toEqual({});
});

test('layers are merged key by key, a workspace may have its say, and each value names its place', async () => {
  const { put, load } = machine();
  const system = put(SYSTEM, '[pools.aws]\nlimit = 10\nrate_per_second = 4\n[pools.local]\nlimit = 2\n');
  const workspace = put(WORKSPACE, '[pools]\naws.limit = 3\n');
  const configuration = await load();
  expect(configuration.settings.pools['aws']).toEqual({ limit: 3, rate_per_second: 4, burst: 4 });
  expect(settingRows(configuration).filter(({ key }) => key.startsWith('pools.'))).toEqual([
    { key: 'pools.aws.limit', value: 3, origin: `${workspace}:2` },
    { key: 'pools.aws.rate_per_second', value: 4, origin: `${system}:3` },
    { key: 'pools.local.limit', value: 2, origin: `${system}:5` },
  ]);
  expect(settingOrigins(configuration)['pools.aws.limit']).toBe(`${workspace}:2`);
});

test('a pool of which nobody says the limit is refused where it begins', async () => {
  const { put, failures } = machine();
  put(USER, '[pools.aws]\nburst = 2\n');
  expect(await failures()).toEqual([`${USER}:2:1 The pool aws has no limit. (Add limit = 5 to [pools.aws].)`]);
});

describe('what is wrong is refused where it stands', () => {
  const failuresOf = (text: string): string[] =>
    readDocument({ file: '/d/config.toml', text, ofWorkspace: false }, '/home/me').failures.map(
      ({ place, message, hint }) => `${place?.line}:${place?.column} ${message} (${hint ?? ''})`,
    );
  test.each([
    ['[pools.aws]\nlimit = 0', '2:9 pools.aws.limit must be a whole number from 1 to 10000, not 0. ()'],
    ['[pools.aws]\nlimit = "3"', '2:9 pools.aws.limit must be a whole number from 1 to 10000, not the text "3". ()'],
    [
      '[pools.aws]\nrate_per_second = 0',
      '2:19 pools.aws.rate_per_second must be a number from 0.0001 to 10000, not 0. ()',
    ],
    ['[pools.aws]\nburst = 1.5', '2:9 pools.aws.burst must be a whole number from 1 to 10000, not 1.5. ()'],
    ['[pools.aws]\nlimti = 1', '2:1 There is no key limti in [pools.aws]. (Did you mean "limit"?)'],
    ['[pools]\nlimit = 3', '2:1 pools.limit must be a table. (Write [pools.NAME] with limit = 5 below it.)'],
    ['pools = 3', '1:1 pools must be a table. (Write [pools.NAME] with limit = 5 below it.)'],
    [
      '[pools."a b"]\nlimit = 3',
      '1:8 "a b" is no name for a pool. (Use letters, digits, ".", "_" and "-", beginning with a letter or a digit, at most 63 of them.)',
    ],
  ])('%j', (text, expected) => {
    expect(failuresOf(text)).toEqual([expected]);
  });
});

test('config explain knows the keys of every pool, and that they have no variables', async () => {
  const { put, load } = machine();
  const file = put(USER, '[pools.aws]\nlimit = 3\n');
  const configuration = await load();
  expect(explainKey(configuration, 'pools.aws.limit')).toMatchObject({
    ok: true,
    value: { value: 3, variable: null, scope: 'run', layers: [{ value: 3, origin: `${file}:2`, won: true }] },
  });
  expect(explainKey(configuration, 'pools.other.burst')).toMatchObject({
    ok: true,
    value: { value: null, layers: [] },
  });
  expect(explainKey(configuration, 'pools.aws.limti').ok).toBe(false);
});
