import { expect, test } from 'vitest';
import type { RunState } from '../../src/domain/run.ts';
import { whyNotPause, whyNotResume } from '../../src/workflow/steer.ts';
import { createView } from '../../src/workflow/view.ts';

const STATES: Readonly<Record<RunState['status'], RunState>> = {
  queued: { status: 'queued' },
  running: { status: 'running', startedAt: 1 },
  paused: { status: 'paused', startedAt: 1, since: 2, reason: 'x' },
  cancelling: { status: 'cancelling', startedAt: 1, reason: 'x' },
  completed: { status: 'completed', startedAt: 1, finishedAt: 2 },
  failed: { status: 'failed', startedAt: 1, finishedAt: 2 },
  cancelled: { status: 'cancelled', startedAt: 1, finishedAt: 2 },
  unknown: { status: 'unknown', startedAt: 1, finishedAt: 2 },
};

const viewOf = (status: RunState['status']) =>
  createView({
    id: 'R',
    workflow: { name: 'w', infra: 'i', rollback_enabled: false, operations: [] },
    state: STATES[status],
    tasks: [],
  });

const SEE = 'See how: provisioning workflow status R';
const RETRY = 'To go on with it: provisioning workflow retry R';

test.each(['queued', 'running', 'paused'] as const)('a %s run may be paused and go on', (status) => {
  expect([whyNotPause(viewOf(status)), whyNotResume(viewOf(status))]).toEqual([undefined, undefined]);
});

test.each([
  ['cancelling', whyNotPause, 'run R is about to end: there is nothing to pause', SEE],
  ['completed', whyNotPause, 'run R has ended already (completed): there is nothing to pause', SEE],
  ['failed', whyNotPause, 'run R has ended already (failed): there is nothing to pause', SEE],
  ['cancelling', whyNotResume, 'run R is about to end: it cannot go on', SEE],
  ['completed', whyNotResume, 'run R has ended already (completed): there is nothing to resume', SEE],
  ['failed', whyNotResume, 'run R has ended already (failed): there is nothing to resume', RETRY],
  ['cancelled', whyNotResume, 'run R has ended already (cancelled): there is nothing to resume', RETRY],
  ['unknown', whyNotResume, 'run R has ended already (unknown): there is nothing to resume', SEE],
] as const)('of a %s run, what makes no sense is refused with what to do instead', (status, why, message, hint) => {
  expect(why(viewOf(status))).toEqual({ code: 'conflict', message, hint });
});
