import { expect, test } from 'vitest';
import { PROTOCOL, isNewer } from '../../src/api/version.ts';
import type { Health } from '../../src/api/responses.ts';
import type { Found } from '../../src/client/find.ts';
import { judge } from '../../src/client/judge.ts';

test.each([
  ['0.2.0', '0.1.9', true],
  ['0.10.0', '0.9.0', true],
  ['1.0.0', '1.0.0', false],
  ['1.0.0', '1.0.0-rc.1', true],
  ['1.0.0-rc.1', '1.0.0', false],
  ['1.0.0-rc.10', '1.0.0-rc.9', true],
  ['1.0.0+b', '1.0.0+a', false],
  ['garbage', '0.0.1', false],
  ['1.0.0', 'garbage', false],
])('%s is newer than %s: %s', (one, other, newer) => {
  expect(isNewer(one, other)).toBe(newer);
});

const NEXT = { min: PROTOCOL.max + 1, max: PROTOCOL.max + 1 };
const IDLE = { version: '1.0.0', protocol: PROTOCOL, running_tasks: 0, queued: 0, open_runs: 0 };
const found = (health: object, local = true): Found => ({
  door: { address: { socketPath: '/s' }, token: null, name: 'the orchestrator' },
  health: { ...IDLE, ...health } as Health,
  descriptor: local ? ({} as Found['descriptor']) : null,
});

test.each([
  ['the same version', '1.0.0', found({}), 'use'],
  ['an older one that is idle', '2.0.0', found({}), 'replace'],
  ['an older one with a running task', '2.0.0', found({ running_tasks: 1 }), 'use'],
  ['an older one with a queued task', '2.0.0', found({ queued: 1 }), 'use'],
  ['an older one with an open run', '2.0.0', found({ open_runs: 1 }), 'use'],
  ['an older one that a service started', '2.0.0', found({ foreground: true }), 'use'],
  ['an older one on another machine', '2.0.0', found({}, false), 'use'],
  ['an older stranger that is idle', '2.0.0', found({ protocol: NEXT }), 'replace'],
  ['an older stranger with work', '2.0.0', found({ protocol: NEXT, queued: 2 }), 'refuse'],
  ['a newer one', '0.9.0', found({}), 'use'],
  ['a newer stranger that is idle', '0.9.0', found({ protocol: NEXT }), 'refuse'],
  ['a version that cannot be read', 'main', found({}), 'use'],
] as const)('%s', (_name, version, other, verdict) => {
  expect(judge(other, version, true).kind).toBe(verdict);
  expect(judge(other, version, false).kind).not.toBe('replace');
});
