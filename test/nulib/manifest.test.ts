import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BAD, GOOD } from '../rig/manifest-cases.ts';
import { nuValue } from '../rig/nushell-values.ts';

const FOLDER = join(import.meta.dirname, '../../templates/taskservs');
const CHECK = 'use lib/manifest.nu [complete-params credentials-in read-manifest]';

/** For each case the completed parameters, or what is said against them. */
const checked = (cases: readonly (readonly unknown[])[]): readonly unknown[] =>
  nuValue(
    CHECK,
    `$in.cases | each {|it| try { complete-params (read-manifest ("${FOLDER}" | path join $it.0)) $it.1 } catch {|error| $error.msg } }`,
    { cases },
  ) as unknown[];

test('parameters as a manifest wants them are completed by its defaults', () => {
  const completed = checked(GOOD);
  for (const [index, [name, params]] of GOOD.entries()) expect(completed[index], name).toMatchObject(params);
  expect(completed[0]).toMatchObject({ port: 80, server_name: '_', root: '/var/www/provisioning' });
});

test('everything else is refused, and named', () => {
  const said = checked(BAD);
  for (const [index, [name, params, part]] of BAD.entries()) {
    expect(said[index], JSON.stringify(params)).toMatch(new RegExp(`^taskserv ${name}: `));
    expect(said[index]).toContain(part);
  }
});

test('a message shows no control characters and no more than a line of what was given', () => {
  const [said] = checked([['nginx', { server_name: `\u001b[31m${'x'.repeat(10_000)}` }]]);
  expect(String(said)).not.toMatch(/\p{Cc}/u);
  expect(String(said).length).toBeLessThan(500);
});

test('credentials are found wherever the parameters name them', () => {
  const users = [{ name: 'a', password: 'ONE' }, { name: 'b' }, { name: 'c', password: 'TWO' }];
  const found = nuValue(CHECK, `credentials-in $in { properties: (read-manifest "${FOLDER}/postgres").params }`, {
    users,
  });
  expect(found).toEqual(['ONE', 'TWO']);
});

test('every shipped taskserv says on which systems it runs, and explains itself', async () => {
  const folders = (await readdir(FOLDER)).filter((name) => name !== 'kubernetes');
  const manifests = nuValue(
    CHECK,
    `$in | each {|name| read-manifest ("${FOLDER}" | path join $name) }`,
    folders,
  ) as Record<string, unknown>[];
  for (const [index, manifest] of manifests.entries()) {
    expect(manifest['name']).toBe(folders[index]);
    expect(manifest['systems']).toContain('debian-12');
    expect(manifest['systems']).toContain('ubuntu-24.04');
    expect(manifest['summary']).toMatch(/\w/);
  }
});
