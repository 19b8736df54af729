import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const flow = JSON.stringify({ name: 'own', operations: [{ id: 'x', type: 'dns.make' }] });

test('a module that Nushell cannot read is told with its place', async ({ home, provisioning }) => {
  home.write('nulib/dns/make.nu', 'export def make-dns [request: record] {\n  { a: (1 + 2 }\n');
  home.write('flow.json', flow);
  const ran = await provisioning('workflow run flow.json --json');
  const [task] = ran.json<RunDocument>().tasks;
  expect(ran.code).toBe(1);
  expect(task?.failure).toMatchObject({
    message: expect.stringContaining('Nushell: Un'),
    place: { file: `${home.workspace}/nulib/dns/make.nu`, line: expect.any(Number) },
  });
});

test('a function without a parameter is told what it takes', async ({ home, provisioning }) => {
  home.write('nulib/dns/make.nu', 'export def make-dns [] { {} }\n');
  home.write('flow.json', flow);
  const ran = await provisioning('workflow run flow.json');
  expect(ran.stdout).toContain('export def NAME [request: record]');
});
