import { expect, test } from 'vitest';
import { captureFrom, capturedNames, parseCredential } from '../../src/domain/credential.ts';
import { ONE_ATTEMPT } from '../../src/domain/retry.ts';

test.each([
  ['env:DB_PASSWORD', { from: 'env', name: 'DB_PASSWORD' }],
  ['file:/run/secrets/db: x', { from: 'file', path: '/run/secrets/db: x' }],
  ['command:["pass","show","a b"]', { from: 'command', argv: ['pass', 'show', 'a b'] }],
])('%s is a reference', (text, expected) => {
  expect(parseCredential(text)).toEqual(expected);
});

test.each([
  'hunter2',
  'env:',
  'env:A B',
  'file:',
  'file:a\0b',
  'command:pass show db',
  'command:[]',
  'command:[""]',
  'command:["a",1]',
  'command:{}',
  ' env:A',
  'vault:a',
])('%j is none', (text) => {
  expect(parseCredential(text)).toBeUndefined();
});

const operation = (id: string, credentials?: Record<string, string>) => ({
  id,
  type: 'command.run',
  params: {},
  dependencies: [],
  priority: 'normal' as const,
  retry: ONE_ATTEMPT,
  credentials,
});

test('the variables that a run needs of its submitter are named once, and only where it has credentials', () => {
  expect(capturedNames({ operations: [operation('a')] })).toBeUndefined();
  expect(capturedNames({ operations: [operation('a', { A: 'file:a' })] })).toEqual([]);
  const both = [operation('a', { A: 'env:X', B: 'env:Y' }), operation('b', { A: 'env:X' })];
  expect(capturedNames({ operations: both })).toEqual(['X', 'Y']);
});

test('what a command hands over is what the run needs of its environment, and all of it', () => {
  const workflow = { operations: [operation('a', { A: 'env:X', B: 'env:Y', C: 'file:c' })] };
  expect(captureFrom({ operations: [operation('a')] }, { X: 'x' })).toEqual({ ok: true, value: undefined });
  expect(captureFrom(workflow, { X: 'x', Y: 'y', Z: 'z' })).toEqual({ ok: true, value: { X: 'x', Y: 'y' } });
  expect(captureFrom(workflow, { X: '' })).toMatchObject({
    error: {
      code: 'usage',
      message: 'X, Y not set in the environment, where each of these credentials is expected',
      hint: 'Set them, then do this again.',
    },
  });
});
