import { describe, expect, test } from 'vitest';
import { MODE_SETTINGS } from '../../src/domain/mode.ts';
import type { RouteRequest } from '../../src/routing/request.ts';
import { decideWithoutTargets, route } from '../../src/routing/route.ts';
import { OFF, place, rules, work } from './rules.ts';

const WRITTEN = { default_mode: { value: 'orchestrated', place: place(7) } } as const;

describe('with the built-in rules', () => {
  test.each([
    ['server.create', {}, 'orchestrated', 'rule'],
    ['cluster.create', {}, 'orchestrated', 'rule'],
    ['workflow.submit', { orchestrator: true }, 'orchestrated', 'rule'],
    ['batch.submit', { orchestrator: true }, 'orchestrated', 'rule'],
    ['workflow.run', { foreground: true }, 'direct', 'verb'],
    ['server.delete', { targets: 1 }, 'direct', 'auto'],
    ['server.delete', { targets: 0 }, 'direct', 'auto'],
    ['server.delete', {}, 'direct', 'auto'],
    ['server.delete', { targets: 2 }, 'orchestrated', 'auto'],
    ['taskserv.create', { targets: 1, dependencies: true }, 'orchestrated', 'auto'],
    ['taskserv.create', { targets: 1, dependencies: false }, 'direct', 'auto'],
    ['server.list', { class: 'read' }, 'direct', 'class'],
    ['version', { class: 'read' }, 'direct', 'class'],
    ['workflow.cancel', { class: 'control' }, 'direct', 'class'],
    ['workflow.retry', { class: 'control', orchestrator: true }, 'orchestrated', 'verb'],
  ] as const)('%s %j is %s, by %s', (name, more, mode, decidedBy) => {
    expect(route(work(name, more), rules())).toMatchObject({ mode, decidedBy });
  });
});

describe('precedence', () => {
  const direct = { direct: ['server.create'], orchestrated: [] };
  const ORCHESTRATED = { value: 'orchestrated', place: place(7) } as const;
  const DIRECT = { value: 'direct', place: place(7) } as const;

  test.each([
    ['flag before variable', { flag: 'direct', variable: 'orchestrated' }, rules(), 'direct', 'flag'],
    ['flag before rule', { flag: 'orchestrated' }, rules(direct), 'orchestrated', 'flag'],
    ['variable before rule', { variable: 'direct' }, rules(), 'direct', 'variable'],
    ['variable before rule, either way', { variable: 'orchestrated' }, rules(direct), 'orchestrated', 'variable'],
    ['rule before default_mode', {}, rules(direct, { defaultMode: ORCHESTRATED }), 'direct', 'rule'],
    [
      'default_mode before auto',
      { targets: 1 },
      rules(NONE(), { defaultMode: ORCHESTRATED }),
      'orchestrated',
      'default_mode',
    ],
    [
      'default_mode before auto, either way',
      { targets: 9 },
      rules(NONE(), { defaultMode: DIRECT }),
      'direct',
      'default_mode',
    ],
    ['auto at last', { targets: 9 }, rules(NONE()), 'orchestrated', 'auto'],
    ['the variable auto skips rules', { variable: 'auto', targets: 1 }, rules(), 'direct', 'auto'],
    [
      'the variable auto skips default_mode',
      { variable: 'auto', targets: 1 },
      rules(NONE(), { defaultMode: ORCHESTRATED }),
      'direct',
      'auto',
    ],
    ['flag before the variable auto', { flag: 'orchestrated', variable: 'auto' }, rules(), 'orchestrated', 'flag'],
  ] as const)('%s', (_name, more, given, ...[mode, decidedBy]) => {
    expect(route(work('server.create', more), given)).toMatchObject({ mode, decidedBy });
  });

  test('holds in every combination of flag, variable, rule, default_mode and targets', () => {
    for (const { request, given, flag, variable, rule, fallback } of combinations()) {
      const decision = route(request, given);
      const asked = [flag, variable, ...(variable === 'auto' ? [] : [rule, fallback])];
      const expected = asked.find((mode) => mode === 'direct' || mode === 'orchestrated');
      const isMany = (request.targets ?? 1) > 1 || request.dependencies === true;
      expect(decision.mode).toBe(expected ?? (isMany ? 'orchestrated' : 'direct'));
      expect(decision.refused).toBeUndefined();
    }
  });

  test('a decision that needs no targets is the same with any', () => {
    for (const { request, given } of combinations()) {
      const early = decideWithoutTargets(request, given);
      if (early === undefined) continue;
      expect(route({ ...request, targets: 1, dependencies: false }, given)).toEqual(early);
      expect(route({ ...request, targets: 5, dependencies: true }, given)).toEqual(early);
    }
  });

  test('only auto needs the targets', () => {
    expect(decideWithoutTargets(work('server.delete'), rules())).toBeUndefined();
    expect(decideWithoutTargets(work('server.create', { variable: 'auto' }), rules())).toBeUndefined();
    expect(decideWithoutTargets(work('server.delete'), rules({}, OFF))?.decidedBy).toBe('disabled');
    expect(decideWithoutTargets(work('server.create'), rules())?.decidedBy).toBe('rule');
  });
});

describe('what decided has a place', () => {
  test('of the very rule', () => {
    const given = rules({ orchestrated: ['cluster.*', 'server.*'], direct: ['*.list'] });
    const { place: where, rule, because } = route(work('server.create'), given);
    expect(where).toBe(place(2));
    expect(rule?.pattern).toBe('server.*');
    expect(because).toBe(`the rule "server.*" of force_orchestrated (${place(2)}) says so`);
  });

  test.each([
    ['flag', work('server.create', { flag: 'direct' }), rules(), '--direct'],
    ['variable', work('server.create', { variable: 'direct' }), rules(), 'PROVISIONING_MODE'],
    ['default_mode', work('app.deploy'), rules({}, { defaultMode: WRITTEN.default_mode }), place(7)],
    ['disabled', work('app.deploy'), rules({}, OFF), place(9)],
    ['auto', work('app.deploy'), rules(), 'built in'],
    ['class', work('server.list', { class: 'read' }), rules(), null],
    ['verb', work('workflow.run', { foreground: true }), rules(), null],
  ] as const)('of %s', (decidedBy, request, given, expected) => {
    expect(route(request, given)).toMatchObject({ decidedBy, place: expected });
  });
});

describe('a flag that beats a rule', () => {
  test('names the rule that would have decided', () => {
    const given = rules({ orchestrated: ['server.*'], direct: [] });
    expect(route(work('server.create', { flag: 'direct' }), given).overridden?.place).toBe(place(1));
  });

  test.each([
    ['agrees with it', work('server.create', { flag: 'orchestrated' }), rules()],
    ['meets no rule', work('server.delete', { flag: 'direct' }), rules()],
    ['meets a built-in rule that does not apply', work('server.create', { flag: 'direct' }), rules({}, OFF)],
    ['is a variable', work('server.create', { variable: 'direct' }), rules()],
  ])('is silent where it %s', (_name, request, given) => {
    expect(route(request, given).overridden).toBeUndefined();
  });
});

describe('workflow run and submit', () => {
  test('run refuses --orchestrated and names submit', () => {
    const { mode, refused } = route(work('workflow.run', { foreground: true, flag: 'orchestrated' }), rules());
    expect(mode).toBe('direct');
    expect(refused?.code).toBe('usage');
    expect(refused?.hint).toContain('workflow submit');
  });

  test('run is direct under --direct, PROVISIONING_MODE and rules', () => {
    for (const more of [{ flag: 'direct' }, { variable: 'orchestrated' }, {}] as const) {
      const decision = route(work('batch.run', { foreground: true, ...more }), rules());
      expect(decision).toMatchObject({ mode: 'direct', decidedBy: 'verb' });
      expect(decision.refused).toBeUndefined();
    }
  });

  test('submit is orchestrated by itself where neither rule nor default_mode says anything', () => {
    const decision = route(work('workflow.submit', { orchestrator: true }), rules(NONE()));
    expect(decision).toMatchObject({ mode: 'orchestrated', decidedBy: 'verb' });
  });
});

describe('falling back to direct', () => {
  const orchestratedByDefault = rules({}, { defaultMode: WRITTEN.default_mode });

  test.each([
    ['by rule', work('server.create'), rules(), true],
    ['by auto', work('server.delete', { targets: 2 }), rules(), true],
    ['by the variable auto', work('server.create', { variable: 'auto', targets: 2 }), rules(), true],
    ['by default_mode', work('app.deploy'), orchestratedByDefault, true],
    ['by flag', work('server.create', { flag: 'orchestrated' }), rules(), false],
    ['by variable', work('server.create', { variable: 'orchestrated' }), rules(), false],
    ['submit', work('workflow.submit', { orchestrator: true }), rules(), false],
    ['a control verb', work('workflow.retry', { class: 'control', orchestrator: true }), rules(), false],
    ['what is direct already', work('server.delete', { targets: 1 }), rules(), false],
    ['where it is turned off', work('server.create'), rules({}, { fallbackToDirect: false }), false],
  ])('%s: %s', (_name, request, given, expected) => {
    expect(route(request, given).fallbackAllowed).toBe(expected);
  });
});

function NONE(): { orchestrated: string[]; direct: string[] } {
  return { orchestrated: [], direct: [] };
}

/** Every combination of what may say something about `server.create`. */
function combinations() {
  const modes = [undefined, 'direct', 'orchestrated'] as const;
  const extents = [{ targets: 1 }, { targets: 3 }, { targets: 1, dependencies: true }];
  return modes.flatMap((flag) =>
    [undefined, ...MODE_SETTINGS].flatMap((variable) =>
      modes.flatMap((rule) =>
        MODE_SETTINGS.flatMap((fallback) =>
          extents.map((extent) => {
            const request: RouteRequest = work('server.create', { flag, variable, ...extent });
            const orchestrated = rule === 'orchestrated' ? ['server.*'] : [];
            const direct = rule === 'direct' ? ['server.*'] : [];
            const given = rules({ orchestrated, direct }, { defaultMode: { value: fallback, place: place(7) } });
            return { request, given, flag, variable, rule, fallback };
          }),
        ),
      ),
    ),
  );
}
