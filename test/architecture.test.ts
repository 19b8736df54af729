import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Lower may not import higher; what shares a number may not import each other. */
const RANKS: Readonly<Record<string, number>> = {
  domain: 0,
  api: 1,
  ports: 2,
  config: 3,
  routing: 3,
  workflow: 3,
  scheduler: 3,
  executor: 3,
  presentation: 3,
  'adapters/documents': 4,
  'adapters/nickel': 4,
  'adapters/nushell': 4,
  'adapters/process': 4,
  'adapters/sqlite': 4,
  'adapters/system': 4,
  'adapters/templates': 4,
  client: 4,
  engine: 4,
  compose: 5,
  daemon: 6,
  dispatch: 6,
  commands: 7,
  cli: 8,
  main: 9,
  build: 10,
};
const PURE = new Set(['domain', 'routing', 'scheduler', 'workflow']);
/** Both roots, and the wiring that they share. */
const COMPOSITION = new Set(['src/cli/compose.ts', 'src/daemon/compose.ts']);

/** Runs on a developer's machine only. */
const TOOLS = 'build';

const files = [...sources('src'), ...sources('commands')];
const imports = new Map(files.map((file) => [file, importsOf(file)]));

test('imports go strictly downwards, and only composition sees adapters', () => {
  const wrong: string[] = [];
  for (const [file, targets] of imports)
    for (const target of targets.filter((name) => name.startsWith('src/') || name.startsWith('commands/'))) {
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === to) continue;
      if (!(rankOf(to) < rankOf(from))) wrong.push(`${file} → ${target}`);
      if (to.startsWith('adapters/') && !isComposition(file)) wrong.push(`${file} → ${target} (adapter)`);
    }
  expect(wrong).toEqual([]);
});

test('no file takes part in an import cycle, type imports counted', () => {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of imports.get(file) ?? []) {
      const cycle = visit(target, [...trail, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of files) expect(visit(file, [])).toEqual([]);
});

test('the pure folders import no node module and use neither clock nor randomness', () => {
  const impure = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bsetTimeout\b|\bprocess\./;
  const wrong = files.filter((file) => PURE.has(roomOf(file)));
  expect(wrong.filter((file) => (imports.get(file) ?? []).some((name) => name.startsWith('node:')))).toEqual([]);
  expect(wrong.filter((file) => impure.test(read(file)))).toEqual([]);
});

test('only config reads the environment, and only main ends the process', () => {
  const product = files.filter((file) => roomOf(file) !== TOOLS);
  expect(product.filter((file) => /\bprocess\.env\b/.test(read(file)) && roomOf(file) !== 'config')).toEqual([]);
  expect(product.filter((file) => /\bprocess\.exit\(/.test(read(file)) && file !== 'src/main.ts')).toEqual([]);
});

test('whoever only asks loads no library that validates: it takes longer than the answer', () => {
  const asked = ['orchestrator/status', 'server/list', 'workflow/list', 'workflow/status'];
  const roots = ['src/cli/cli.ts', 'src/cli/compose.ts', 'src/client/client.ts', 'src/compose/reads.ts'];
  const loaded = new Set([...roots, ...asked.map((name) => `commands/${name}.ts`)]);
  // A set goes on over what is added to it meanwhile.
  for (const file of loaded) if (imports.has(file)) for (const target of loadedWith(file)) loaded.add(target);
  expect([...loaded].filter((name) => ['zod', '@hono/zod-openapi'].includes(name))).toEqual([]);
  expect(loaded).toContain('src/client/exchange.ts');
});

test('files are small, and nobody writes any, enum or a barrel', () => {
  expect(files.filter((file) => read(file).split('\n').length > 251)).toEqual([]);
  expect(files.filter((file) => /:\s*any\b|\bas any\b|<any>|^\s*(export )?enum /m.test(read(file)))).toEqual([]);
  expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|common|misc|.*manager)\.ts$/.test(file))).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/'));
}

function importsOf(file: string): string[] {
  const found = read(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, name = '']) => nameOf(name, file));
}

function nameOf(name: string, importer: string): string {
  return name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(importer), name)).replaceAll('\\', '/') : name;
}

/** What runs before `file` does: neither types nor what it imports when it needs it. */
function loadedWith(file: string): string[] {
  const found = read(file).matchAll(/^(?:import|export) (?!type\b)[^;]*?from '([^']+)'/gm);
  return [...found].map(([, name = '']) => nameOf(name, file));
}

const isComposition = (file: string): boolean => COMPOSITION.has(file) || file.startsWith('src/compose/');

function roomOf(file: string): string {
  const [top = '', second = '', third = ''] = file.split('/');
  if (top !== 'src') return top;
  if (second === 'adapters') return `${second}/${third}`;
  return second.replace(/\.ts$/, '');
}

function rankOf(room: string): number {
  const rank = RANKS[room];
  if (rank === undefined) throw new Error(`${room} has no rank: is it in src/ARCHITECTURE.md?`);
  return rank;
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
