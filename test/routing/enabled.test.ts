import { describe, expect, test } from 'vitest';
import { route } from '../../src/routing/route.ts';
import { OFF, place, rules, work } from './rules.ts';

const ORCHESTRATED = { value: 'orchestrated', place: place(7) } as const;

describe('enabled = false', () => {
  const submit = work('workflow.submit', { orchestrator: true });
  const written = rules({ orchestrated: ['server.create'], direct: [] }, OFF);

  test.each([
    [
      'auto is direct, however many targets',
      work('server.delete', { targets: 9, dependencies: true }),
      rules({}, OFF),
      'disabled',
    ],
    ['built-in rules do not apply', work('server.create', { targets: 9 }), rules({}, OFF), 'disabled'],
    [
      'the variable auto is direct',
      work('server.create', { variable: 'auto', targets: 9 }),
      rules({}, OFF),
      'disabled',
    ],
    ['a flag may ask for direct', work('server.create', { flag: 'direct' }), written, 'flag'],
    ['a flag may ask for a direct submit', { ...submit, flag: 'direct' } as const, rules({}, OFF), 'flag'],
    ['a written rule may ask for direct', work('server.create'), rules({ direct: ['server.*'] }, OFF), 'rule'],
    ['reading goes on', work('server.list', { class: 'read' }), rules({}, OFF), 'class'],
    ['controlling goes on', work('workflow.cancel', { class: 'control' }), rules({}, OFF), 'class'],
    ['workflow run goes on', work('workflow.run', { foreground: true }), rules({}, OFF), 'verb'],
  ] as const)('%s', (_name, request, given, decidedBy) => {
    const decision = route(request, given);
    expect(decision).toMatchObject({ mode: 'direct', decidedBy });
    expect(decision.refused).toBeUndefined();
  });

  const asking = 'set PROVISIONING_ORCHESTRATOR_ENABLED=true or orchestrator.enabled = true.';
  test.each([
    [
      'a flag',
      work('server.create', { flag: 'orchestrated' }),
      written,
      { who: '--orchestrated', hint: `Leave the flag out, or ${asking}` },
    ],
    [
      'the variable',
      work('server.create', { variable: 'orchestrated' }),
      written,
      { who: 'PROVISIONING_MODE=orchestrated', hint: `Use --direct, or ${asking}` },
    ],
    [
      'a written rule',
      work('server.create'),
      written,
      { who: `the rule "server.create" of force_orchestrated (${place(1)})`, hint: `Use --direct, or ${asking}` },
    ],
    [
      'a written default_mode',
      work('app.deploy'),
      rules({}, { ...OFF, defaultMode: ORCHESTRATED }),
      { who: `default_mode = "orchestrated" (${place(7)})`, hint: `Use --direct, or ${asking}` },
    ],
    ['submit', submit, rules({}, OFF), { who: '"workflow submit"', hint: `Use "workflow run", or ${asking}` }],
    [
      'a control verb that starts it',
      work('workflow.retry', { class: 'control', orchestrator: true }),
      rules({}, OFF),
      { who: '"workflow retry"', hint: `S${asking.slice(1)}` },
    ],
  ] as const)('%s that asks for the orchestrator is refused with the remedy', (_name, request, given, expected) => {
    const { refused } = route(request, given);
    expect(refused).toEqual({
      code: 'unavailable',
      message: `The orchestrator is turned off (orchestrator.enabled = false, ${place(9)}), but ${expected.who} asks for it.`,
      hint: expected.hint,
    });
  });
});
