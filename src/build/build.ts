import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import configuration from '../../pkg.config.json' with { type: 'json' };
import { bundle, script } from './bundle.ts';
import type { Bundle } from './bundle.ts';
import { indexOf } from './packs.ts';
import { writeRelease } from './release.ts';
import { contentOf, writeExecutable } from './sea.ts';
import { isTarget, MissingPackage, OWN, partsOf, TARGETS } from './targets.ts';
import type { Parts, Target } from './targets.ts';
import { train } from './train.ts';
import type { Trained } from './train.ts';

/**
 * `npm run build [-- --target TARGET[,TARGET…]|all] [--nu FILE]`: Node, one bundled script and the assets in one
 * executable file; without a target, for this machine. `--nu`: this file instead of npm's package of Nushell.
 *
 * Exit code 1 if a target could not be built; the others are built all the same.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const WORK = join(ROOT, 'dist/work');
const at = (name: string): string => join(import.meta.dirname, name);

const { values } = parseArgs({ options: { target: { type: 'string' }, nu: { type: 'string' } } });
const targets = wanted(values.target ?? OWN);
const home = isTarget(OWN) ? OWN : fail(`this machine (${OWN}) is no target of pkg.config.json`);
const own = partsOf(home);

const plans = targets.flatMap(planned);
if (plans.length > 0) await buildAll();

async function buildAll(): Promise<void> {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  try {
    const code = await bundle(join(ROOT, configuration.entry));
    const trained = await learn(code);
    for (const plan of plans) await make(plan, code, trained);
  } finally {
    rmSync(WORK, { recursive: true });
  }
}

interface Plan {
  readonly target: Target;
  readonly parts: Parts;
}

/** What is missing is said before anything takes time. */
function planned(target: Target): readonly Plan[] {
  try {
    return [{ target, parts: target === OWN && values.nu === undefined ? own : partsOf(target, values.nu) }];
  } catch (error) {
    if (!(error instanceof MissingPackage)) throw error;
    console.error(`${target}: NOT BUILT: ${error.message}. --nu FILE takes a Nushell from elsewhere.`);
    process.exitCode = 1;
    return [];
  }
}

function wanted(names: string): readonly Target[] {
  if (names === 'all') return TARGETS;
  return names.split(',').map((name) => (isTarget(name) ? name : fail(`no target ${name}: ${TARGETS.join(', ')}`)));
}

function fail(message: string): never {
  throw new Error(message);
}

async function learn(code: Bundle): Promise<Trained> {
  const [folder, output] = [join(WORK, 'recorded'), join(WORK, 'recorder')];
  const recorder = await script(at('record.ts'), { ENTRY: code.entry, FOLDER: folder });
  writeExecutable({
    output,
    work: WORK,
    node: own.node,
    script: recorder,
    assets: contentOf(own, home),
    useCodeCache: false,
  });
  return train(output, code, folder);
}

async function make({ target, parts }: Plan, code: Bundle, trained: Trained): Promise<void> {
  const node = stripped(parts.node, target);
  const compiled = target === OWN;
  const runner = await script(at('run.ts'), { ENTRY: code.entry, INDEX: indexOf(trained.packed), COMPILED: compiled });
  const assets = new Map([...contentOf(parts, target), ...named('pack', trained.sources)]);
  if (compiled) for (const [name, bytes] of named('compiled', trained.compiled)) assets.set(name, bytes);
  const suffix = `${target === OWN ? '' : `-${target}`}${target.startsWith('win') ? '.exe' : ''}`;
  const output = `${configuration.output}${suffix}`;
  writeExecutable({ output: join(ROOT, output), work: WORK, node, script: runner, assets, useCodeCache: compiled });
  const sizes = `Node alone ${megabytes(parts.node)}, without symbols ${megabytes(node)}`;
  if (target === OWN) writeRelease(join(ROOT, output), join(ROOT, 'dist/release'));
  console.log(`${output}: ${megabytes(join(ROOT, output))} for ${target} (${sizes})`);
}

function named<T>(kind: string, parts: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...parts].map(([name, part]) => [`${kind}:${name}`, part]);
}

function megabytes(file: string): string {
  return `${Math.round(statSync(file).size / 1e6)} MB`;
}

/** Without symbols for debuggers: 150 → 116 MB. Binaries of other systems need LLVM's tool; a signature of macOS is lost in any case. */
function stripped(node: string, target: Target): string {
  const copy = join(WORK, `node-${target}`);
  const tools = target === OWN ? ['strip', 'llvm-strip'] : ['llvm-strip'];
  for (const tool of tools)
    try {
      execFileSync(tool, ['-o', copy, node], { stdio: 'ignore' });
      return copy;
    } catch {
      // The next one.
    }
  console.warn(`${target}: ${tools.join(' or ')} is not installed, so the file will be about 30 MB larger`);
  return node;
}
