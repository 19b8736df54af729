import { expect, test } from 'vitest';
import { exhausted } from '../../src/domain/exhausted.ts';

const ofCode = (code: string): Error => Object.assign(new Error(code), { code });

test('what the system has run out of is told from what is wrong with a file or a program', () => {
  expect(exhausted(ofCode('EMFILE'))).toContain('this process has too many files open');
  expect(exhausted(ofCode('ENFILE'))).toContain('the system has too many files open');
  expect(exhausted(ofCode('EAGAIN'))).toContain('starts no more processes');
  expect(exhausted(ofCode('ENOMEM'))).toContain('no memory');
  for (const other of [ofCode('ENOENT'), ofCode('EACCES'), ofCode('ENOSPC'), new Error('EMFILE'), 'EMFILE', undefined])
    expect(exhausted(other)).toBeUndefined();
});
