import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nuValue } from '../rig/nushell-values.ts';
import { pages } from '../rig/pages.ts';

const USES = 'use lib/resources.nu\nuse lib/converge.nu [host-program host-report sh-quote]';

test('any text is one word for the shell of a host', () => {
  const texts = ["it's", '$(touch /tmp/x)', '`id`', 'a\nb', '"', '\\', '', '-n', 'é 🙂', '{{ x }}', "'; exit 1; '"];
  const words = nuValue(USES, '$in | each {|text| $text | sh-quote }', texts) as string[];
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.join(' ')}`], { encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(texts);
});

test('a NUL character reaches no host', () => {
  expect(() => nuValue(USES, '$in | sh-quote', 'a\0b')).toThrow('NUL');
});

const REFUSED: readonly string[] = [
  'resources file "etc/passwd" "x"',
  'resources file "/etc/../root/x" "x"',
  'resources file "/etc/a\nb" "x"',
  'resources file "/x" "x" --mode "4755"',
  'resources file "/x" "x" --owner "root; id"',
  'resources packages ["-o=APT::Update"]',
  'resources packages ["a b"]',
  'resources service "nginx; reboot"',
  'resources user "-r"',
  'resources user "Root"',
  'resources sysctl "net.ipv4.ip_forward" "1\nkernel.panic = 1"',
  'resources sysctl "-w" "1"',
  'resources hostname "a b"',
  'resources let-in "80"',
  'resources http-check 80 "/ HTTP/1.0\r\nX: y"',
  'resources tcp-check 80 --host "x;id"',
];

test.each(REFUSED)('%j is refused before it gets to a host', (expression) => {
  expect(() => nuValue(USES, expression)).toThrow(/cannot be the|is not an absolute path/);
});

test('the program for a host is valid for its shell, and reports in one way', () => {
  const program = nuValue(
    USES,
    `host-program { systems: [none], init: any, check: true, diff: true, resources: [(resources file /etc/x "it's") (resources packages [a b=1])] }`,
  ) as string;
  expect(spawnSync('dash', ['-n'], { input: program, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  const { stdout, status } = spawnSync('sh', ['-s'], { input: program, encoding: 'utf8' });
  // This machine is no "none": refused before anything is touched.
  expect(status).toBe(3);
  expect(stdout).toMatch(/^R\trefused\tsystem\t\S+\tnot supported: this taskserv knows none\n$/);
});

const report = (stdout: string, exit_code = 0, stderr = ''): unknown =>
  nuValue(USES, 'host-report $in', { stdout, stderr, exit_code });

test('what a host reports is read, whatever its texts hold', () => {
  const text =
    'R\tsame\tfolder\t/x\t\nR\tchanged\tfile\t/etc/y\tcontent\nD\t-a\tb\nD\t+c\nV\tkey\taGk=\nR\tdiffers\tstep\tz\t\nE\n';
  expect(report(text)).toMatchObject({
    status: 'differs',
    changes: [
      { kind: 'file', name: '/etc/y', detail: 'content', diff: ['-a\tb', '+c'] },
      { kind: 'step', name: 'z' },
    ],
    found: { key: 'hi' },
    failure: null,
  });
});

test('a report without its end is a broken connection, never a success', () => {
  expect(report('R\tsame\tfolder\t/x\t\n', 255, 'Connection closed by remote host\n')).toMatchObject({
    status: 'unreachable',
    failure: 'Connection closed by remote host',
  });
  expect(report('', 255)).toMatchObject({
    status: 'unreachable',
    failure: expect.stringContaining('exit code 255') as string,
  });
});

test('a failure says what and why, with the last lines of the log', () => {
  expect(
    report('R\tchanged\tpackages\tnginx\tinstalled\nL\tbind() failed\nR\tfailed\tservice\tnginx\tstart failed\n', 1),
  ).toMatchObject({
    status: 'failed',
    failure: 'service nginx: start failed',
    log: ['bind() failed'],
  });
});

test('the page for users names every resource and every check, and no other', () => {
  const known = nuValue(USES, `scope modules | where name == resources | get 0.commands.name`) as string[];
  const [, said = ''] =
    /are the functions of `lib\/resources.nu`: ([^.]*)\./.exec(pages.get('taskservs.md') ?? '') ?? [];
  expect(new Set([...said.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name))).toEqual(new Set(known));
});
