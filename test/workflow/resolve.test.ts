import { describe, expect, test } from 'vitest';
import { ONE_ATTEMPT } from '../../src/domain/retry.ts';
import type { JsonRecord } from '../../src/domain/json.ts';
import { resolveOperation, resolveParams } from '../../src/workflow/resolve.ts';

const RESULTS: Readonly<Record<string, JsonRecord>> = {
  'web-1': { ip: '10.0.0.1', cpus: 4, ready: true, nothing: null, message: 'Server web-1 created' },
  db: { nodes: [{ ip: '10.0.0.2', ports: [5432, 5433] }], 'client-token': 't' },
  silent: {},
  evil: { ip: "{{ tasks['web-1'].ip }}" },
};
const results = (id: string) => RESULTS[id];

/** What one parameter becomes. */
function resolved(value: unknown): unknown {
  const found = resolveParams({ value: value as string }, results);
  return found.ok ? found.value['value'] : `${found.error.code}: ${found.error.message} | ${found.error.hint ?? ''}`;
}

describe('a string that is one expression becomes what it refers to', () => {
  test.each<[string, unknown]>([
    ["{{ tasks['web-1'].ip }}", '10.0.0.1'],
    ['{{ tasks["web-1"].cpus }}', 4],
    ["{{tasks['web-1'].ready}}", true],
    ['{{ tasks.web-1.nothing }}', null],
    ["{{ tasks['web-1'].message }}", 'Server web-1 created'],
    ['{{ tasks.db.nodes }}', [{ ip: '10.0.0.2', ports: [5432, 5433] }]],
    ['{{ tasks.db.nodes[0].ports[1] }}', 5433],
    ['{{ tasks.db.client-token }}', 't'],
  ])('%s', (text, expected) => {
    expect(resolved(text)).toEqual(expected);
  });
});

test('inside a longer string, text, numbers and booleans are written out', () => {
  expect(
    resolved("http://{{ tasks['web-1'].ip }}:{{ tasks.db.nodes[0].ports[0] }}/?ok={{ tasks['web-1'].ready }}"),
  ).toBe('http://10.0.0.1:5432/?ok=true');
  expect(resolved(" {{ tasks['web-1'].cpus }}")).toBe(' 4');
});

test('strings anywhere in lists and records are resolved, keys and everything else stay as they are', () => {
  const params = {
    list: ["{{ tasks['web-1'].ip }}", 3, null, [{ deep: '{{ tasks.db.nodes[0].ip }}' }]],
    "{{ tasks['web-1'].ip }}": '{{ other }} {% if x %} {{ tasks }} {{ tasks_total.x }}',
  };
  expect(resolveParams(params, results)).toEqual({
    ok: true,
    value: {
      list: ['10.0.0.1', 3, null, [{ deep: '10.0.0.2' }]],
      "{{ tasks['web-1'].ip }}": '{{ other }} {% if x %} {{ tasks }} {{ tasks_total.x }}',
    },
  });
});

test('a result that looks like an expression is data', () => {
  expect(resolved('{{ tasks.evil.ip }}')).toBe("{{ tasks['web-1'].ip }}");
});

test('parameters without expressions are the same object', () => {
  const params = { a: '{{ name }}' };
  const found = resolveParams(params, results);
  expect(found.ok && found.value === params).toBe(true);
});

describe('what cannot be resolved says what there is', () => {
  test.each<[string, string]>([
    [
      "{{ tasks['web-1'].ipp }}",
      'definition_invalid: uses "ipp" of the result of task "web-1", which has no such field | Did you mean "ip"?',
    ],
    [
      "{{ tasks['web-1'].zone_of_it }}",
      'definition_invalid: uses "zone_of_it" of the result of task "web-1", which has no such field | It has "ip", "cpus", "ready", "nothing", "message".',
    ],
    [
      '{{ tasks.db.nodes[1].ip }}',
      'definition_invalid: uses [1] of "nodes" of the result of task "db", which is a list of 1 | ',
    ],
    [
      '{{ tasks.db.nodes.ip }}',
      'definition_invalid: uses "ip" of "nodes" of the result of task "db", which has no such field | It is a list.',
    ],
    [
      "{{ tasks['web-1'].constructor }}",
      'definition_invalid: uses "constructor" of the result of task "web-1", which has no such field | It has "ip", "cpus", "ready", "nothing", "message".',
    ],
    [
      '{{ tasks.silent.ip }}',
      'definition_invalid: uses "ip" of the result of task "silent", which has no such field | It has no fields. A command leaves them as a JSON object in $PROVISIONING_TASK_DIR/result.json.',
    ],
    [
      '{{ tasks.gone.ip }}',
      'definition_invalid: uses the result of task "gone", which has none: it did not complete | ',
    ],
    [
      'x {{ tasks.db.nodes }}',
      'definition_invalid: "x {{ tasks.db.nodes }}" uses a list inside a text | Only text, numbers and booleans can stand inside a text; a string that is one expression keeps any type.',
    ],
    [
      "x {{ tasks['web-1'].nothing }}",
      'definition_invalid: "x {{ tasks[\'web-1\'].nothing }}" uses nothing inside a text | Only text, numbers and booleans can stand inside a text; a string that is one expression keeps any type.',
    ],
  ])('%s', (text, expected) => {
    expect(resolved(text)).toBe(expected);
  });
});

describe('an operation with results', () => {
  const operation = (type: string, params: JsonRecord) =>
    resolveOperation({ id: 'a', type, params, dependencies: [], priority: 'normal', retry: ONE_ATTEMPT }, results);

  test('is checked as one without', () => {
    expect(operation('app.deploy', { replicas: "{{ tasks['web-1'].ip }}" })).toEqual({
      ok: false,
      error: {
        code: 'definition_invalid',
        message: 'with the results that it uses, "replicas" must be a whole number, 0 to 100000; found "10.0.0.1"',
      },
    });
    expect(operation('app.deploy', { name: 'a', replicas: "{{ tasks['web-1'].cpus }}" })).toMatchObject({
      value: { params: { name: 'a', replicas: 4 } },
    });
  });

  test('that is a command gets numbers and booleans as text', () => {
    const params = { argv: ['echo', "{{ tasks['web-1'].cpus }}"], env: { READY: "{{ tasks['web-1'].ready }}" } };
    expect(operation('command.run', params)).toMatchObject({
      value: { params: { argv: ['echo', '4'], env: { READY: 'true' } } },
    });
  });

  test('that is a command does not get lists where text belongs', () => {
    expect(operation('command.run', { argv: ['echo', '{{ tasks.db.nodes }}'] })).toMatchObject({
      error: { message: 'with the results that it uses, "argv[1]" must be a string; found a list' },
    });
    expect(operation('command.run', { argv: '{{ tasks.db.nodes[0].ports }}' })).toMatchObject({
      value: { params: { argv: ['5432', '5433'] } },
    });
  });

  test('without references is itself', () => {
    expect(operation('command.run', { argv: ['echo', '{{ x }}'] })).toMatchObject({
      value: { params: { argv: ['echo', '{{ x }}'] } },
    });
  });
});
