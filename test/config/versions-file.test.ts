import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { compatible } from '../../src/api/compatibility.ts';
import { readLibraryVersion, readVersions } from '../../src/config/versions-file.ts';
import { COMPONENTS } from '../../src/domain/component.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { Result } from '../../src/domain/result.ts';
import { nuBinary, shippedLibrary } from '../rig/nushell.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const versions = (text: string) => readVersions({ file: 'versions.toml', text });
const library = (text: string) => readLibraryVersion({ file: 'library.toml', text });

const said = (read: Result<unknown, readonly Failure[]>): readonly string[] =>
  read.ok
    ? []
    : read.error.map(({ code, message, place, hint }) =>
        `${code} ${place?.line}:${place?.column} ${message} ${hint ?? ''}`.trim(),
      );

test('versions.toml says what each version wants of the others, and where that stands', () => {
  const read = versions('[compatibility.platform."2.5.3"]\ncore = "^3.2"\nmin-core = "3.2.1"\napi-version = "v1"\n');
  const at = (line: number) => ({ file: 'versions.toml', line, column: 1 });
  expect(read).toEqual({
    ok: true,
    value: [
      {
        of: 'platform',
        versions: '2.5.3',
        statements: [
          { about: 'core', kind: 'range', wanted: '^3.2', text: 'core = "^3.2"', place: at(2) },
          { about: 'core', kind: 'least', wanted: '3.2.1', text: 'min-core = "3.2.1"', place: at(3) },
          { about: undefined, kind: 'api', wanted: 'v1', text: 'api-version = "v1"', place: at(4) },
        ],
      },
    ],
  });
});

test('what older installations keep beside it is left alone', () => {
  expect(versions('')).toEqual({ ok: true, value: [] });
  expect(versions('schema = 1\n[core]\nversion = "3.2.1"\n')).toEqual({ ok: true, value: [] });
});

const SECTION = '[compatibility.platform."1.0.0"]\n';

describe('what is wrong is named with its line and column', () => {
  test.each([
    [
      'no TOML',
      '[compatibility',
      ['config_invalid 1:15 This is not valid TOML: the document ends in the middle of something.'],
    ],
    [
      'no table',
      'compatibility = 3\n',
      ['config_invalid 1:1 compatibility must be a table: a line [compatibility] with its keys below it.'],
    ],
    [
      'no table of rules',
      '[compatibility]\ncore = 3\n',
      ['config_invalid 2:1 compatibility.core must be a table: a line [compatibility.core] with its keys below it.'],
    ],
    [
      'a component',
      '[compatibility.plattform."1.0.0"]\n',
      ['config_invalid 1:16 There is no component "plattform". Did you mean "platform"?'],
    ],
    [
      'a version',
      '[compatibility.core."one"]\n',
      ['config_invalid 1:21 "one" is no version. Write a version such as "1.2.3", or a range such as "^1.2".'],
    ],
    [
      'a version that is a key',
      '[compatibility.core]\nplatform = "^1"\n',
      [
        'config_invalid 2:1 "platform" is no version. Write a version such as "1.2.3", or a range such as "^1.2".',
        'config_invalid 2:1 compatibility.core."platform" must be a table: a line [compatibility.core."platform"] with its keys below it.',
      ],
    ],
    [
      'a key',
      `${SECTION}min_core = "1.0.0"\n`,
      ['config_invalid 2:1 "min_core" says nothing of a platform. Did you mean "min-core"?'],
    ],
    ['itself', `${SECTION}platform = "^1"\n`, [expect.stringContaining('"platform" says nothing of a platform.')]],
    [
      'a range',
      `${SECTION}core = "^^1"\n`,
      ['config_invalid 2:8 core must be a range of versions in quotes, such as "^3.2".'],
    ],
    [
      'a number',
      `${SECTION}core = 3\n`,
      ['config_invalid 2:8 core must be a range of versions in quotes, such as "^3.2".'],
    ],
    [
      'nothing',
      `${SECTION}core = ""\n`,
      ['config_invalid 2:8 core must be a range of versions in quotes, such as "^3.2".'],
    ],
    [
      'the least',
      `${SECTION}min-core = "^1"\n`,
      ['config_invalid 2:12 min-core must be a version in quotes, such as "3.2.0".'],
    ],
    [
      'the API',
      `${SECTION}api-version = "1"\n`,
      ['config_invalid 2:15 api-version must be a version of the API in quotes, such as "v1".'],
    ],
    [
      'all at once',
      `${SECTION}core = 3\nmin-core = 3\n`,
      [expect.stringContaining('2:8'), expect.stringContaining('3:12')],
    ],
  ])('%s', (_, text, failures) => {
    expect(said(versions(text))).toEqual(failures);
  });

  test('in library.toml', () => {
    expect(said(library(''))).toEqual(['config_invalid 1:1 version must be a version. Write version = "1.2.3".']);
    expect(said(library('version = 3\n'))).toEqual([expect.stringContaining('1:11 version must be a version.')]);
    expect(said(library('version = "1.0.0"\nlibrary = "1"\n'))).toEqual([
      expect.stringContaining('2:1 "library" says nothing of a library.'),
    ]);
    expect(said(library('version = "1.0.0"\ncore = "x y"\n'))).toEqual([
      expect.stringContaining('2:8 core must be a range'),
    ]);
    expect(said(library('version ='))).toEqual([expect.stringContaining('This is not valid TOML')]);
  });
});

describe('what is shipped', () => {
  const text = readFileSync(join(ROOT, 'templates/versions.toml'), 'utf8');
  const own = library(readFileSync(join(shippedLibrary, 'library.toml'), 'utf8'));
  const { version } = manifest;

  test('is of one version, each part of which is listed and fits the others', () => {
    const table = versions(text);
    if (!table.ok || !own.ok) throw new Error(JSON.stringify([table, own]));
    expect(own.value.version).toBe(version);
    for (const of of COMPONENTS)
      expect(table.value.filter((rule) => rule.of === of && rule.versions === version)).toHaveLength(1);
    for (const one of COMPONENTS)
      for (const other of COMPONENTS.filter((component) => component > one)) {
        const part = { version, origin: 'program', where: null, api: 'v1', statements: [] } as const;
        expect([
          one,
          other,
          compatible(table.value, { ...part, component: one }, { ...part, component: other }).status,
        ]).toEqual([one, other, 'fits']);
      }
  });

  test('is read in Nushell by the same name', () => {
    const argv = [
      '-n',
      '--no-std-lib',
      '-c',
      `open ${JSON.stringify(join(shippedLibrary, 'library.toml'))} | get version`,
    ];
    expect(execFileSync(nuBinary(), argv, { encoding: 'utf8' }).trim()).toBe(version);
  });
});
