import { expect, test } from 'vitest';
import { comparisonText, differingIn, foundDifferences } from '../../src/presentation/comparison.ts';
import { styleOf } from '../../src/presentation/style.ts';

const task = (id: string, result: Record<string, unknown> | null) => ({
  task_id: 't',
  id,
  type: 'taskserv.check',
  status: 'completed' as const,
  attempts: 1,
  started_at: null,
  finished_at: null,
  progress: null,
  message: null,
  result,
  failure: null,
});

const change = { kind: 'file', name: '/etc/x', detail: 'content', diff: ['-a', '+b', ' c'] };
const differing = {
  differs: true,
  servers: [
    { server: 'web-1', changes: [change] },
    { server: 'web-2', changes: [] },
  ],
};

test('what differs is shown server by server, with the lines of files', () => {
  const text = comparisonText(
    { tasks: [task('nginx', differing), task('os', { differs: false, servers: [] })] },
    styleOf(false),
  );
  expect(text).toBe(
    [
      'nginx: 1 difference',
      '  web-1',
      '    ~ file /etc/x: content',
      '        -a',
      '        +b',
      '         c',
      'os: nothing differs',
      '',
    ].join('\n'),
  );
});

test('what several tasks found of one thing stands together', () => {
  const tasks = [
    task('nginx-on-web-1', { ...differing, name: 'nginx' }),
    task('os', { differs: false, servers: [] }),
    task('nginx-on-web-3', { name: 'nginx', differs: true, servers: [{ server: 'web-3', changes: [change] }] }),
    task('nginx-on-web-4', { name: 'nginx', differs: false, servers: [{ server: 'web-4', changes: [] }] }),
  ];
  expect(
    comparisonText({ tasks }, styleOf(false))
      .split('\n')
      .filter((line) => !line.startsWith('    ')),
  ).toEqual(['nginx: 2 differences', '  web-1', '  web-3', 'os: nothing differs', '']);
  expect(differingIn({ tasks })).toEqual(['nginx']);
});

test('where nothing differs, what was compared is named', () => {
  const compared = ['address', 'os\n'];
  expect(comparisonText({ tasks: [task('web-1', { differs: false, compared, servers: [] })] }, styleOf(false))).toBe(
    'web-1: nothing differs of what was compared: address, os\\n\n',
  );
});

test('differences are found in any task', () => {
  expect(foundDifferences({ tasks: [task('a', null), task('b', differing)] })).toBe(true);
  expect(foundDifferences({ tasks: [task('a', { differs: false })] })).toBe(false);
});

test('what a host says cannot paint the terminal', () => {
  const hostile = { kind: 'x\u001b[2J', name: '\n\r', detail: '\u0007', diff: ['+\u001b]0;x'] };
  const text = comparisonText(
    { tasks: [task('a', { differs: true, servers: [{ server: 's', changes: [hostile] }] })] },
    styleOf(false),
  );
  expect(text).not.toMatch(/[^\n\P{Cc}]/u);
});

test('a result of another form is nothing that differs', () => {
  expect(
    comparisonText(
      { tasks: [task('a', { servers: 'x' }), task('b', { servers: [null, { changes: 7 }] })] },
      styleOf(false),
    ),
  ).toBe('a: nothing differs\nb: nothing differs\n');
});
