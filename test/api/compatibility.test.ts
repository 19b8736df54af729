import { expect, test } from 'vitest';
import { compatible } from '../../src/api/compatibility.ts';
import type { Part, Rule, Statement } from '../../src/api/compatibility.ts';
import { COMPONENTS } from '../../src/domain/component.ts';
import type { Component } from '../../src/domain/component.ts';
import { readVersions } from '../../src/config/versions-file.ts';

/** `core 3.2.1`, as they stand in the cases below. */
const part = (text: string, more: Partial<Part> = {}): Part => {
  const [component = '', version = '?'] = text.split(' ');
  const of = COMPONENTS.find((known) => known === component);
  if (of === undefined) throw new Error(text);
  return { component: of, version: version === '?' ? null : version, origin: 'program', where: null, ...more };
};

/** `platform 2.5.3: core = "^3.2"; min-core = "3.2.1"` */
const rules = (...lines: readonly string[]): readonly Rule[] => {
  const text = lines.map((line) => {
    const [, of, versions, said = ''] = /^(\w+) (.+?): (.*)$/.exec(line) ?? [];
    return `[compatibility.${of}."${versions}"]\n${said.replaceAll('; ', '\n')}\n`;
  });
  const read = readVersions({ file: 'versions.toml', text: text.join('') });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
};

const P = 'platform 2.5.3: core = "^3.2"';
const C = 'core 3.2.1: platform = "^2.5"';

/** What it is about · the rules · the two · how they stand, and what is broken. */
type Case = readonly [string, readonly string[], readonly [string, string], string, ...(readonly string[])];

const CASES: readonly Case[] = [
  ['no rule speaks of them', [], ['core 3.2.1', 'platform 2.5.3'], 'unlisted'],
  ['a rule of another version says nothing', [P], ['core 1.0.0', 'platform 2.5.4'], 'unlisted'],
  ['a rule about a third says nothing', [P], ['library 1.0.0', 'platform 2.5.3'], 'unlisted'],
  ['inside the range', [P], ['core 3.9.0', 'platform 2.5.3'], 'fits'],
  ['below it', [P], ['core 3.1.9', 'platform 2.5.3'], 'incompatible', 'platform: core = "^3.2"'],
  ['above it', [P], ['core 4.0.0', 'platform 2.5.3'], 'incompatible', 'platform: core = "^3.2"'],
  [
    'the order of the two does not matter',
    [P],
    ['platform 2.5.3', 'core 4.0.0'],
    'incompatible',
    'platform: core = "^3.2"',
  ],
  ['both sides are heard', [P, C], ['core 3.2.1', 'platform 2.5.3'], 'fits'],
  ['the mirror: core refuses', [P, C], ['core 3.2.1', 'platform 3.0.0'], 'incompatible', 'core: platform = "^2.5"'],
  ['a release candidate of the lower end fits', [P], ['core 3.2.0-rc.1', 'platform 2.5.3'], 'fits'],
  ['one above the lower end fits', [P], ['core 3.3.0-rc.1', 'platform 2.5.3'], 'fits'],
  ['one of the next does not', [P], ['core 4.0.0-rc.1', 'platform 2.5.3'], 'incompatible', 'platform: core = "^3.2"'],
  [
    'a range names many versions',
    ['platform 2.x: core = "^3.2"'],
    ['core 1.0.0', 'platform 2.9.9'],
    'incompatible',
    'platform: core = "^3.2"',
  ],
  [
    'of several rules all hold',
    [P, 'platform 2.x: core = "<3.5"'],
    ['core 3.6.0', 'platform 2.5.3'],
    'incompatible',
    'platform: core = "<3.5"',
  ],
  ['the least is enough', ['platform 2.5.3: min-core = "3.2.1"'], ['core 3.2.1', 'platform 2.5.3'], 'fits'],
  [
    'less is not',
    ['platform 2.5.3: min-core = "3.2.1"'],
    ['core 3.2.0', 'platform 2.5.3'],
    'incompatible',
    'platform: min-core = "3.2.1"',
  ],
  [
    'all that is broken is named',
    ['platform 2.5.3: core = "^3.2"; min-core = "3.2.1"'],
    ['core 2.0.0', 'platform 2.5.3'],
    'incompatible',
    'platform: core = "^3.2"',
    'platform: min-core = "3.2.1"',
  ],
  ['who says no version is not refused', ['core 3.2.1: library = "^9"'], ['core 3.2.1', 'library'], 'unknown'],
  ['nor who says something else', ['core 3.2.1: library = "^9"'], ['core 3.2.1', 'library main'], 'unknown'],
];

test.each(CASES.map((row) => ({ row, name: row[0] })))(
  '$name',
  ({ row: [, table, [one, other], status, ...broken] }) => {
    const verdict = compatible(rules(...table), part(one), part(other));
    expect([verdict.status, verdict.broken.map(({ of, rule }) => `${of}: ${rule}`)]).toEqual([status, broken]);
  },
);

test('the API has to be the one that is spoken, where it is known', () => {
  const table = rules('platform 2.5.3: api-version = "v2"');
  const verdict = (api: string | undefined) =>
    compatible(table, part('core 3.2.1', { api }), part('platform 2.5.3', { api: 'v2' })).status;
  expect([verdict('v1'), verdict('v2'), verdict(undefined)]).toEqual(['incompatible', 'fits', 'fits']);
});

test('two that speak no protocol in common do not fit, whatever their versions', () => {
  const core = part('core 3.2.1', { protocol: { min: 1, max: 2 } });
  const verdict = (min: number, max: number) =>
    compatible(rules(P), core, part('platform ?', { protocol: { min, max } }));
  expect(verdict(2, 3).status).toBe('unknown');
  expect(verdict(3, 4)).toEqual({
    status: 'incompatible',
    broken: [{ of: 'core', rule: 'protocol 1–2', place: null }],
  });
});

test('what a library says of itself counts as a rule', () => {
  const place = { file: 'library.toml', line: 2, column: 1 };
  const about: Component = 'core';
  const said: Statement = { about, kind: 'range', wanted: '^0.3', text: 'core = "^0.3"', place };
  const library = part('library 0.3.0', { statements: [said] });
  expect(compatible([], part('core 0.1.0'), library)).toEqual({
    status: 'incompatible',
    broken: [{ of: 'library', rule: 'core = "^0.3"', place }],
  });
  expect(compatible([], part('core 0.3.7'), library).status).toBe('fits');
  expect(compatible([], part('platform 0.1.0'), library).status).toBe('unlisted');
});
