import { expect, test } from 'vitest';
import { lastReport } from '../../src/executor/progress.ts';

test.each([
  ['PROGRESS: 40\n', { progress: 40, message: null }],
  ['PROGRESS:40\n', { progress: 40, message: null }],
  ['PROGRESS: 40%\r\n', { progress: 40, message: null }],
  ['PROGRESS: 2/5 creating disk\n', { progress: 40, message: 'creating disk' }],
  ['PROGRESS: 1 / 3 a\n', { progress: 33.3, message: 'a' }],
  ['PROGRESS: 7/5\n', { progress: 100, message: null }],
  ['PROGRESS: 10\nnoise\nPROGRESS: 20 two\nnoise', { progress: 20, message: 'two' }],
  ['PROGRESS: 10\nPROGRESS: 2', { progress: 10, message: null }],
  ['PROGRESS: 10\nPROGRESS: soon\n', { progress: 10, message: null }],
  ['PROGRESS: - h1 does not answer\n', { progress: null, message: 'h1 does not answer' }],
  ['PROGRESS: 10 a\nPROGRESS: - b\nPROGRESS: -\n', { progress: 10, message: 'b' }],
  ['PROGRESS: 10 a\nPROGRESS: 20\n', { progress: 20, message: null }],
  ['PROGRESS: -\n', undefined],
  ['PROGRESS: -5\n', undefined],
  ['PROGRESS: 1/0\n', undefined],
  ['PROGRESS:\n', undefined],
  ['  PROGRESS: 40\n', undefined],
  ['PROGRESS: 40', undefined],
  ['', undefined],
])('%j says %j', (text, expected) => {
  expect(lastReport(text)).toEqual(expected);
});
