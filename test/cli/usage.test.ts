import { existsSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { test } from '../rig/cli-test.ts';
import { programArgv } from '../rig/program.ts';

describe('a command line that makes no sense is exit code 2', () => {
  const CASES: readonly (readonly [args: string, says: string])[] = [
    ['sever list', 'Did you mean "server list"?'],
    ['server lst', 'Did you mean "server list"?'],
    ['servr', 'Did you mean "server"?'],
    ['workflow --infra x', '"workflow" needs a verb before its flags'],
    ['workflow monitor', '"workflow monitor" needs ID'],
    ['batch graph x --format png', '--format'],
    ['completion', '"completion" needs SHELL'],
    ['--json server list', 'Write the command first'],
    ['server list --jsn', 'Did you mean "--json"?'],
    ['server create web-1 --check', '--check is not in this version'],
    ['workflow status @latest -f', '"workflow status" has no flag -f'],
    ['workflow logs @latest -f --json', '--json'],
    ['server list --bogus=1', '"server list" has no flag --bogus'],
    ['server list web-1', 'takes no further argument, but got "web-1"'],
    ['server show', 'needs NAMES'],
    ['workflow status', 'needs ID'],
    ['server list --infra', '--infra needs a value'],
    ['workflow list --limit -1', '--limit must be 1 or more, not "-1"'],
    ['server create x --port 99999', '--port must be 65535 or less, not "99999"'],
    ['server create x --plan', '--plan needs a value'],
    ['server create x --plan a --plan b', '--plan is given more than once'],
    ['server create x --priority', '--priority needs a value: one of low, normal, high'],
    ['completion tcsh', '"tcsh" is none of bash, zsh, fish, nushell'],
    ['workflow resolve @latest x', '--as is missing'],
    ['taskserv create x --diff', '--diff is only for --check'],
    ['server create a --priority urgent', 'low, normal, high'],
    ['workflow logs @latest --tail x', '--tail must be a whole number, not "x"'],
    ['orchestrator logs --tail -1', '--tail must be a whole number, not "-1"'],
    ['workflow resolve @latest a --as done', '--as must be one of completed, failed, retry, not "done"'],
    ['server create a --direct --key=', '--key "" cannot be used'],
    ['server create a --key=k\u00fc', 'without blanks'],
    ['server create a --direct --orchestrated', '--direct and --orchestrated exclude each other'],
    ['server create a --wait --detach', '--wait and --detach exclude each other'],
    ['workflow run nowhere.json --orchestrated', 'contradicts'],
  ];
  for (const [args, says] of CASES)
    test(args, async ({ provisioning }) => {
      const ran = await provisioning(args);
      expect(ran).toMatchObject({ code: 2, stdout: args.includes('--json') ? expect.anything() : '' });
      expect(ran.stderr + ran.stdout).toContain(says);
    });
});

test('with --json an error is one document on stdout, and nothing else', async ({ provisioning }) => {
  for (const args of ['server create --json --nonsense', 'workflow status nobody --json', 'nonsense --json']) {
    const ran = await provisioning(args);
    expect(ran.stderr).toBe('');
    expect(ran.json()).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  }
});

test('a reader that goes away is no error', async ({ home, begin }) => {
  void home;
  const started = begin('help');
  started.child.stdout.destroy();
  const { stderr } = await started.ended;
  expect(stderr).toBe('');
});

const isFullDevice = existsSync('/dev/full');

describe.runIf(isFullDevice)('output that cannot be written is one line and an exit code, not a stack trace', () => {
  const onFullDisk = (redirect: string): readonly [string, ...string[]] => [
    'sh',
    '-c',
    `exec "$@" ${redirect}`,
    'sh',
    ...programArgv(),
  ];
  for (const args of ['version', 'help', 'config show', 'server list --json', 'explain'])
    test(args, async ({ provisioning }) => {
      const { code, stderr } = await provisioning(args, { program: onFullDisk('> /dev/full') });
      expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 75, lines: 3 });
      expect(stderr).toMatch(/^error: the output could not be written: .*ENOSPC/);
      expect(stderr).toContain('Nothing was to be changed');
    });

  test('of a command that did something, too: then the code is another one, and what was done stays', async ({
    provisioning,
  }) => {
    const args = 'server create web-1 --direct --json';
    const { code, stderr } = await provisioning(args, { program: onFullDisk('> /dev/full') });
    expect(code).toBe(11);
    expect(stderr).toContain('What was asked for has been done or refused all the same');
    expect((await provisioning('server list --quiet')).stdout).toBe('web-1\n');
  });

  test('nobody is told that nothing was recorded when it is the file of --json-into that is full', async ({
    provisioning,
  }) => {
    const asked = await provisioning('server list --json-into /dev/full');
    expect(asked).toMatchObject({ code: 75, stdout: expect.any(String) });
    expect(asked.stderr).toContain('the output could not be written: --json-into /dev/full: ENOSPC');
    expect(asked.stderr).not.toContain('state folder');
    const did = await provisioning('server create web-1 --direct --quiet --json-into /dev/full');
    expect(did.code).toBe(11);
    expect(did.stderr).toContain('What was asked for has been done or refused all the same');
    expect((await provisioning('server list --quiet')).stdout).toBe('web-1\n');
  });

  test('the outcome of the work stays the exit code', async ({ home, provisioning }) => {
    const flow = { name: 'flow', operations: [{ id: 'a', type: 'command.run', params: { argv: ['false'] } }] };
    home.write('flow.json', JSON.stringify(flow));
    const { code, stderr } = await provisioning('workflow run flow.json', { program: onFullDisk('> /dev/full') });
    expect(code).toBe(1);
    expect(stderr).toContain('the output could not be written');
  });

  test('stderr that takes nothing changes nothing', async ({ provisioning }) => {
    const ran = await provisioning('server create web-1 --direct --json', { program: onFullDisk('2> /dev/full') });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.json()).toMatchObject({ status: 'completed' });
  });
});
