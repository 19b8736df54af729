import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentOf } from '../../src/workflow/document.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';
import { FIELDS, FREE, hostileCases, manifests, RECORD_KEYS } from '../rig/hostile.ts';
import { nuValue } from '../rig/nushell-values.ts';

const FOLDER = join(import.meta.dirname, '../../templates/taskservs');
const CASES = hostileCases('/tmp/canary');

/** What the task itself says against each; it is the last to ask. */
const said = nuValue(
  'use lib/manifest.nu [complete-params read-manifest]',
  `$in | each {|it| try { complete-params (read-manifest ("${FOLDER}" | path join $it.0)) $it.1; "" } catch {|error| $error.msg } }`,
  CASES.map(({ field, text }) => [field.service, field.params(text)]),
) as readonly string[];

test('hostile text is refused in every field of every shipped taskserv that is not free text', () => {
  expect(FIELDS.length).toBeGreaterThan(40);
  const accepted = new Set(CASES.filter((_, index) => said[index] === '').map(({ field }) => field.name));
  expect(accepted).toEqual(new Set([...FREE, ...RECORD_KEYS]));
});

test('a workflow is told the same when it is read', () => {
  for (const [index, { field, text }] of CASES.entries()) {
    // Two braces are the workflow's own.
    if (text.includes('{{')) continue;
    const params = { name: field.service, servers: ['a'], ...field.params(text) };
    const workflow = { name: 'w', operations: [{ id: 'a', type: 'taskserv.create', params }] };
    const read = validateWorkflow(documentOf('w', workflow), new Set(['taskserv.create']), { services: manifests() });
    expect([field.name, text, read.ok]).toEqual([field.name, text, said[index] === '']);
  }
});

test('a record whose keys are free text is refused by the taskserv itself', () => {
  const keys = CASES.filter(({ field }) => RECORD_KEYS.includes(field.name));
  const refusals = nuValue(
    `use ${FOLDER}/os/taskserv.nu
use ${FOLDER}/postgres/taskserv.nu *
use lib/manifest.nu [complete-params read-manifest]
use lib/task.nu cause-of`,
    `$in | each {|it|
  let context = { name: $it.0, hosts: [], params: (complete-params (read-manifest ("${FOLDER}" | path join $it.0)) $it.1) }
  try { if $it.0 == os { taskserv configure $context { name: h1 } } else { check $context }; "" } catch {|error| (cause-of $error.details).msg }
}`,
    keys.map(({ field, text }) => [field.service, field.params(text)]),
  ) as readonly string[];
  expect(refusals.length).toBeGreaterThan(9);
  for (const refusal of refusals) expect(refusal).toMatch(/cannot be the kernel setting of a host|is no setting of/);
});
