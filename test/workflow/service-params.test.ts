import { expect, test } from 'vitest';
import type { ServiceParameters } from '../../src/ports/library.ts';
import { documentOf } from '../../src/workflow/document.ts';
import { usesServices } from '../../src/workflow/service-params.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';

const WEB: ServiceParameters = {
  additionalProperties: false,
  required: ['port'],
  properties: {
    port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'where it listens' },
    mode: { type: 'string', enum: ['http', 'tcp'] },
    ratio: { type: 'number' },
    path: { type: 'string', pattern: '^/[a-z]*$', maxLength: 8 },
    odd: { type: 'string', pattern: '(?<broken' },
    secret: { type: 'string', format: 'credential' },
    names: { type: 'array', maxItems: 2, items: { type: 'string' } },
    users: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        additionalProperties: false,
        properties: { name: { type: 'string' } },
      },
    },
    settings: { type: 'object', additionalProperties: { type: 'string' } },
    free: { type: 'object' },
  },
};

const read = (params: object, type = 'taskserv.create') => {
  const before = { id: 'before', type: 'command.run', params: { argv: ['true'] } };
  const operation = { id: 'a', type, dependencies: ['before'], params: { name: 'web', servers: ['s'], ...params } };
  const known = { services: new Map([['web', WEB]]) };
  const types = new Set(['taskserv.create', 'taskserv.delete']);
  const read = validateWorkflow(documentOf('w', { name: 'w', operations: [before, operation] }), types, known);
  return read.ok
    ? []
    : read.error.map(({ message, place, hint }) => [place?.path?.replace(/^.*\(a\)\.params\.?/, ''), message, hint]);
};

test.each<[object, readonly (string | undefined)[]]>([
  [{ prot: 1, port: 1 }, ['prot', '"prot" is no parameter', 'Did you mean "port"?']],
  [{ port: '80' }, ['port', '"port" must be a whole number; found "80"', 'The manifest says: where it listens.']],
  [{ port: 1.5 }, ['port', '"port" must be a whole number; found 1.5', 'The manifest says: where it listens.']],
  [{ port: 0 }, ['port', '"port" must be at least 1; found 0', 'The manifest says: where it listens.']],
  [
    { params: { port: 65_536 } },
    ['params.port', '"port" must be at most 65535; found 65536', expect.anything() as string],
  ],
  [{}, ['', '"port" is missing', 'The manifest says: where it listens.']],
  [{ port: 1, mode: 'udp' }, ['mode', '"mode" must be one of http, tcp; found "udp"', undefined]],
  [{ port: 1, path: 'etc' }, ['path', '"path" cannot be "etc"', undefined]],
  [{ port: 1, path: '/a\n' }, ['path', '"path" cannot be "/a\\n"', undefined]],
  [{ port: 1, path: '/aaaaaaaaa' }, ['path', '"path" is longer than 8 bytes', undefined]],
  [
    { port: 1, secret: '$(id)' },
    ['secret', expect.stringContaining('name of one of the operation') as string, undefined],
  ],
  [{ port: 1, names: ['a', 1] }, ['names[1]', '"names[1]" must be a string; found 1', undefined]],
  [{ port: 1, names: ['a', 'b', 'c'] }, ['names', '"names" has more than 2 entries', undefined]],
  [{ port: 1, users: [{}] }, ['users[0]', '"name" is missing', 'The manifest wants a string.']],
  [{ port: 1, users: [{ name: 'x', nam: 1 }] }, ['users[0] (x).nam', '"nam" is no parameter', 'Did you mean "name"?']],
  [{ port: 1, settings: { a: true } }, ['settings.a', '"a" must be a string; found true', undefined]],
])('parameters %j are refused where they stand', (params, expected) => {
  expect(read(params)).toEqual([expected]);
});

test.each([
  { port: 80, mode: 'tcp', ratio: 1.5, path: '/a', odd: 'x', secret: 'DB_PASSWORD', names: [], users: [{ name: 'x' }] },
  { params: { port: 80, settings: { any: 'thing' }, free: { of: ['rules', 1] } } },
  { port: null, params: { port: 80 } },
  { port: '{{ tasks.before.port }}', names: ['{{ tasks.before.name }}'] },
])('parameters %j are fine', (params) => {
  expect(read(params)).toEqual([]);
});

test('only what makes or compares a taskserv is looked at, and what is known of', () => {
  expect(read({ name: 'other', prot: 1 })).toEqual([]);
});

test('manifests are wanted only by documents with taskservs', () => {
  expect(usesServices({ workflow: { operations: [{ type: 'taskserv.create' }] } })).toBe(true);
  expect(usesServices({ name: 'x', operations: [{ type: 'server.create', params: { a: [[['b']]] } }] })).toBe(false);
});
