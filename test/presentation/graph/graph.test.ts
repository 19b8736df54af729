import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { GraphDocument } from '../../../src/api/views.ts';
import { dotText } from '../../../src/presentation/graph/dot.ts';
import { graphText } from '../../../src/presentation/graph/drawing.ts';
import { mermaidText } from '../../../src/presentation/graph/mermaid.ts';
import { symbolsOf } from '../../../src/presentation/live/symbols.ts';
import { styleOf } from '../../../src/presentation/style.ts';

type Said = Readonly<Record<string, string>>;

/** `{ b: 'a?' }`: b waits for a, softly. Nodes in order. */
function graphOf(said: Said, status: GraphDocument['nodes'][number]['status'] = null): GraphDocument {
  return {
    name: 'flow "1"',
    workflow_id: null,
    nodes: Object.keys(said).map((id) => ({ id, type: 'x.y', wave: 1, status })),
    edges: Object.entries(said).flatMap(([to, before]) =>
      before
        .split(' ')
        .filter((from) => from !== '')
        .map((from) => {
          const isSoft = from.endsWith('?');
          return { from: from.replace('?', ''), to, kind: isSoft ? 'soft' : 'hard', on: isSoft ? 'always' : 'success' };
        }),
    ),
  };
}

const draw = (graph: GraphDocument, unicode = true): readonly string[] =>
  graphText(graph, styleOf(false), symbolsOf(unicode)).trimEnd().split('\n');

const rails = (said: Said): readonly string[] => draw(graphOf(said)).map((line) => line.replace(/ +x\.y.*$/, ''));

const CASES: readonly (readonly [what: string, said: Said, rows: readonly string[]])[] = [
  ['one', { a: '' }, ['○ a']],
  ['apart', { a: '', b: '' }, ['○ a', '○ b']],
  ['a chain', { a: '', b: 'a', c: 'b' }, ['○ a', '○ b', '○ c']],
  ['a fork', { a: '', b: 'a', c: 'a' }, ['○   a', '├─○ b', '○   c']],
  ['a join', { a: '', b: '', c: 'a b' }, ['○   a', '│ ○ b', '○─┘ c']],
  [
    'servers, a cluster, applications',
    { a: '', b: '', c: '', k: 'a b c', x: 'k', y: 'k' },
    ['○     a', '│ ○   b', '│ │ ○ c', '○─┴─┘ k', '├─○   x', '○     y'],
  ],
  [
    'one that passes by is not joined',
    { a: '', b: '', c: '', d: 'a c', e: 'b' },
    ['○     a', '│ ○   b', '│ │ ○ c', '○─│─┘ d', '  ○   e'],
  ],
  ['a diamond', { a: '', b: 'a', c: 'a', d: 'b c' }, ['○   a', '├─○ b', '○ │ c', '○─┘ d']],
  ['one waits for all before', { a: '', b: 'a', c: 'a b' }, ['○   a', '├─○ b', '○─┘ c']],
];

describe('a graph as text', () => {
  test.each(CASES)('%s', (_what, said, rows) => {
    expect(rails(said)).toEqual(rows);
  });

  test('says what kind of dependency is a special one, and how each operation ended', () => {
    expect(draw(graphOf({ a: '', bc: 'a?' }, 'completed'))).toEqual([
      '✔ a   x.y  completed',
      '✔ bc  x.y  completed  (a: soft, on always)',
    ]);
  });

  test('in ASCII where nothing else can be shown', () => {
    expect(draw(graphOf({ a: '', b: '', c: 'a b' }), false)).toEqual(['.   a  x.y', '| . b  x.y', '.-+ c  x.y']);
  });

  test('has colours by status', () => {
    expect(graphText(graphOf({ a: '' }, 'failed'), styleOf(true), symbolsOf(true))).toContain('\u001b[31m✖\u001b[39m');
  });

  test('a graph that is too wide to be drawn names what each one waits for', () => {
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${index}`, '']));
    const last = draw(graphOf({ ...wide, all: Object.keys(wide).join(' ') })).at(-1);
    expect(last).toMatch(/^○ all {2}x\.y {2}after s0, s1, .*, s39$/);
  });
});

const SPECIAL = graphOf({ 'web-1': '', 'a.b_c': 'web-1', k: 'web-1? a.b_c' }, 'failed');

describe('mermaid', () => {
  /** What of its grammar is used: each line is one of these, and every node that an edge names was declared. */
  const LINES = [
    /^flowchart TD$/,
    /^ {2}(n\d+)\["[A-Za-z0-9._ -]+(?:#\d+;|[A-Za-z0-9._ -])*<br\/>[a-z.-]+"\](?::::[a-z]+)?$/,
    /^ {2}(n\d+) (?:-->|-\.->)(?:\|[a-z ]+\|)? (n\d+)$/,
    /^ {2}classDef [a-z]+ fill:#[0-9a-f]{6},color:#[0-9a-f]{6}$/,
  ];

  test('every line is of its grammar, and every node is declared', () => {
    const lines = mermaidText(SPECIAL).trimEnd().split('\n');
    for (const line of lines)
      expect(
        LINES.some((grammar) => grammar.test(line)),
        line,
      ).toBe(true);
    const declared = lines.flatMap((line) => /^ {2}(n\d+)\[/.exec(line)?.[1] ?? []);
    const named = lines.flatMap((line) => [...(LINES[2]?.exec(line) ?? [])].slice(1));
    expect(declared).toEqual(['n0', 'n1', 'n2']);
    expect(named.toSorted()).toEqual(['n0', 'n0', 'n1', 'n1', 'n2', 'n2']);
  });

  test('says the same as the graph', () => {
    expect(mermaidText(SPECIAL)).toBe(`flowchart TD
  n0["web-1<br/>x.y"]:::failed
  n1["a.b_c<br/>x.y"]:::failed
  n2["k<br/>x.y"]:::failed
  n0 --> n1
  n0 -.->|on always| n2
  n1 --> n2
  classDef failed fill:#f28482,color:#000000
`);
  });
});

const hasDot = spawnSync('dot', ['-V']).status === 0;
if (!hasDot) console.warn('graphviz is not installed: nothing reads what --format dot prints');

describe('dot', () => {
  test('quotes names, colours by status, dashes what is not hard', () => {
    expect(dotText(SPECIAL).split('\n')).toEqual(
      expect.arrayContaining([
        String.raw`digraph "flow \"1\"" {`,
        String.raw`  "web-1" [label="web-1\nx.y", fillcolor="#f28482", tooltip="failed"];`,
        '  "web-1" -> "a.b_c";',
        '  "web-1" -> "k" [label="on always", style=dashed];',
      ]),
    );
  });

  test.runIf(hasDot)('Graphviz makes a picture of it, with every node and edge', () => {
    const made = spawnSync('dot', ['-Tsvg'], { input: dotText(SPECIAL), encoding: 'utf8' });
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout.match(/class="node"/g)).toHaveLength(3);
    expect(made.stdout.match(/class="edge"/g)).toHaveLength(3);
    expect(spawnSync('dot', ['-Tsvg'], { input: `${dotText(SPECIAL)}}` }).status).not.toBe(0);
  });
});
