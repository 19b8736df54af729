import { expect } from 'vitest';
import { FAILURE_CODES } from '../../src/domain/failure.ts';
import { test } from '../rig/cli-test.ts';

test('the code of an error leads to what it means, whyever it happened, and what to do', async ({ provisioning }) => {
  const failed = await provisioning('workflow status nobody');
  const [, code = ''] = /\[(PRV-\d{4})\]$/m.exec(failed.stderr) ?? [];
  expect(failed.code).toBe(4);
  const explained = await provisioning(`explain ${code}`);
  expect(explained).toMatchObject({ code: 0, stderr: '' });
  for (const part of ['not_found', 'Typical causes', 'What to do', `Exit code ${failed.code}: not found`])
    expect(explained.stdout).toContain(part);
  expect((await provisioning(`explain ${code} --json`)).json()).toMatchObject([
    { id: code, exit: 4, retryable: false },
  ]);
});

test('an error carries its code in --json, too', async ({ provisioning }) => {
  const { error } = (await provisioning('server show nobody --json')).json<{ error: { id: string; code: string } }>();
  expect(error).toMatchObject({ code: 'not_found', id: 'PRV-0006' });
});

test('without a code all are listed; several can be asked for at once', async ({ provisioning }) => {
  expect((await provisioning('explain --quiet')).stdout.trim().split('\n')).toHaveLength(FAILURE_CODES.length);
  expect((await provisioning('explain conflict 0002 --quiet')).stdout).toBe('PRV-0007\nPRV-0002\n');
});

test('what is no code is refused with what was meant', async ({ provisioning }) => {
  const misspelt = await provisioning('explain conflcit');
  expect([misspelt.code, misspelt.stderr]).toEqual([4, expect.stringContaining('Did you mean "conflict"?')]);
  const key = await provisioning('explain execution.default_mode');
  expect(key.stderr).toContain('provisioning config explain execution.default_mode');
});
