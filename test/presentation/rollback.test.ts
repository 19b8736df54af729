import { describe, expect, test } from 'vitest';
import type { RollbackState } from '../../src/api/documents.ts';
import type { RollbackDocument } from '../../src/api/responses.ts';
import { rollbackLines, rollbackText, takenBackLines } from '../../src/presentation/rollback.ts';

const state = (more: Partial<RollbackState>): RollbackState => ({
  status: 'running',
  attended: true,
  failures: [],
  irreversible: [],
  uncompensated: [],
  altered: [],
  ...more,
});

const cannot = (id: string) => ({ id, status: 'failed', message: 'cannot.' }) as const;
const lost = { id: 'undo-b', status: 'unknown', message: 'it vanished' } as const;

/** How the run that takes back stands → what is said of the one that it takes back. */
const STANDINGS: readonly (readonly [Partial<RollbackState>, said: string, todo: string | undefined])[] = [
  [{ status: 'queued' }, 'It is being taken back by run X.', 'See how it goes: provisioning workflow monitor X'],
  [{ status: 'running' }, 'It is being taken back by run X.', 'See how it goes: provisioning workflow monitor X'],
  [
    { status: 'paused' },
    'It is being taken back by run X, which is paused.',
    'To go on with that: provisioning workflow resume X',
  ],
  [
    { status: 'running', attended: false },
    'Run X is to take it back, and nobody attends to that run: its process is gone.',
    'To go on: provisioning orchestrator start',
  ],
  [
    { status: 'cancelling' },
    'Run X was to take it back and is being cancelled.',
    'See how it goes: provisioning workflow monitor X',
  ],
  [{ status: 'completed' }, 'It was taken back by run X.', undefined],
  [
    { status: 'failed', failures: [cannot('undo-b')] },
    'Run X was to take it back and failed: undo-b: cannot.',
    'To go on with that: provisioning workflow retry X',
  ],
  [
    { status: 'cancelled' },
    'Run X was to take it back and was cancelled.',
    'To go on with that: provisioning workflow retry X',
  ],
  [
    { status: 'unknown', failures: [cannot('undo-c'), lost] },
    'Run X was to take it back, and nobody knows how that ended: undo-c: cannot; undo-b: it vanished.',
    'Look what exists, then say it: provisioning workflow resolve X undo-b --as completed|failed|retry',
  ],
];

describe('a run that is taken back', () => {
  test.each(STANDINGS)('by one that is %j says "%s"', (standing, said, todo) => {
    const lines = takenBackLines({ rolled_back_by: 'X', rollback: state(standing) });
    expect(lines).toEqual(todo === undefined ? [said] : [said, todo]);
  });

  test('names what stays as it is, whatever the rollback did', () => {
    const rollback = state({ status: 'completed', irreversible: ['mail'], uncompensated: ['a\u001bb'] });
    expect(takenBackLines({ rolled_back_by: 'X', rollback })).toEqual([
      'It was taken back by run X.',
      'What stays as it is: mail (cannot be taken back), a\\x1bb (nothing takes it back).',
    ]);
  });

  test('names the first of many', () => {
    const many = Array.from({ length: 7 }, (_, index) => cannot(`u${index}`));
    const [said] = takenBackLines({ rolled_back_by: 'X', rollback: state({ status: 'failed', failures: many }) });
    expect(said).toContain('u4: cannot, and 2 more.');
    expect(said).not.toContain('u5');
  });
});

test.each([
  ['running', 'It takes back run R.'],
  ['paused', 'It takes back run R.'],
  ['completed', 'It took back run R.'],
  ['failed', 'It was to take back run R.'],
  ['cancelled', 'It was to take back run R.'],
  ['unknown', 'It was to take back run R.'],
])('a rollback that is %s says "%s"', (status, said) => {
  expect(rollbackLines({ status, rollback_of: 'R' })).toEqual([said]);
});

test('a run that has nothing to do with rollbacks says nothing of them', () => {
  expect(rollbackLines({ status: 'failed' })).toEqual([]);
});

describe('what workflow rollback says', () => {
  const document = (more: Partial<RollbackDocument>): RollbackDocument => ({
    workflow_id: null,
    rollback_of: 'R',
    operations: [
      { id: 'undo-b', type: 'server.delete', dependencies: [] },
      { id: 'undo-a', type: 'server.delete', dependencies: ['undo-b'] },
    ],
    irreversible: ['mail'],
    uncompensated: ['check'],
    altered: ['web'],
    ...more,
  });
  const rest = [
    '  undo-b  server.delete',
    '  undo-a  server.delete  after undo-b',
    'Stays as it is:',
    '  mail: cannot be taken back',
    '  check: nothing takes it back',
    '  web: changed what was there before the run',
  ];

  test('of a plan', () => {
    expect(rollbackText(document({})).split('\n')).toEqual([
      'Would take back 2, each after what it waits for:',
      ...rest,
      '',
    ]);
  });

  test('of one that failed', () => {
    const rollback = state({ status: 'failed', failures: [cannot('undo-b')] });
    expect(rollbackText(document({ workflow_id: 'X', rollback })).split('\n')).toEqual([
      'Run X was to take it back and failed: undo-b: cannot.',
      'Its operations, each after what it waits for:',
      ...rest,
      'To go on with that: provisioning workflow retry X',
      '',
    ]);
  });

  test('where there is nothing to do', () => {
    const nothing = document({ operations: [], irreversible: [], uncompensated: [], altered: [] });
    expect(rollbackText(nothing)).toBe('There is nothing to take back.\n');
  });
});
