import { describe, expect, test } from 'vitest';
import { explainMode, overriding } from '../../src/routing/explain.ts';
import { route } from '../../src/routing/route.ts';
import { OFF, place, rules, work } from './rules.ts';

const explain = (...[request, given]: Parameters<typeof route>) => explainMode(request, route(request, given));

describe('--explain-mode', () => {
  test('names mode, rule and PATH:LINE', () => {
    expect(explain(work('server.create'), rules({ orchestrated: ['x.y', 'server.create'] }))).toEqual({
      command: 'server create',
      mode: 'orchestrated',
      decided_by: 'rule',
      rule: 'server.create',
      list: 'force_orchestrated',
      place: place(2),
      fallback_to_direct: true,
      refused: null,
      text: `"server create" is orchestrated: the rule "server.create" of force_orchestrated (${place(2)}) says so. If the orchestrator cannot be reached, it is done directly.`,
    });
  });

  test.each([
    [
      'a reading command says so',
      work('server.list', { class: 'read', flag: 'orchestrated' }),
      rules(),
      '"server list" is direct: "server list" only reads, and reading is direct. --orchestrated does not change that.',
    ],
    [
      'a command of one word too',
      work('version', { class: 'read' }),
      rules(),
      '"version" is direct: "version" only reads, and reading is direct.',
    ],
    [
      'auto says what it saw',
      work('server.delete', { targets: 3 }),
      rules({}, { fallbackToDirect: false }),
      '"server delete" is orchestrated: it has 3 targets.',
    ],
    [
      'a flag that beats a rule says so',
      work('server.create', { flag: 'direct' }),
      rules(),
      '"server create" is direct: --direct says so. --direct overrides the rule "server.create" of force_orchestrated (built in).',
    ],
    [
      'what would be refused is announced',
      work('server.create', { flag: 'orchestrated' }),
      rules({}, OFF),
      `"server create" is orchestrated: --orchestrated says so. It would be refused: The orchestrator is turned off (orchestrator.enabled = false, ${place(9)}), but --orchestrated asks for it.`,
    ],
  ])('%s', (_name, request, given, text) => {
    expect(explain(request, given).text).toBe(text);
  });

  test('there is nothing to say about overriding where nothing was overridden', () => {
    expect(overriding(route(work('server.create'), rules()))).toBeUndefined();
  });
});
