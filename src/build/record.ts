import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Script } from 'node:vm';
import { createLoader } from './loader.ts';
import type { Index } from './loader.ts';

/** The script of the file that `train.ts` runs: `run.ts`, but it takes packs from a folder and says what it needed. */
declare const ENTRY: string;
declare const FOLDER: string;

/** What one process needed. */
export interface Record {
  readonly argv: readonly string[];
  readonly chunks: readonly string[];
}

const at = (name: string): string => join(FOLDER, name);
const scripts = new Map<string, Script>();
const chunks: string[] = [];
const index = JSON.parse(readFileSync(at('index.json'), 'utf8')) as Index;

const load = createLoader(index, {
  source: (pack) => readFileSync(at(`pack:${pack}`), 'latin1'),
  compiled: (pack) => read(`compiled:${pack}`),
  loaded: (pack, script) => void scripts.set(pack, script),
  ran: (chunk) => void chunks.push(chunk),
});
process.once('exit', () => {
  // After the run: what V8 compiled during it comes along, so the next start compiles next to nothing.
  for (const [pack, script] of scripts) write(`compiled:${pack}`, script.createCachedData());
  write(`record-${process.pid}.json`, JSON.stringify({ argv: process.argv.slice(2), chunks } satisfies Record));
});
load(ENTRY);

function read(name: string): Uint8Array | undefined {
  try {
    return readFileSync(at(name));
  } catch {
    return undefined;
  }
}

/** Whole or not at all: an orchestrator and a command end at the same time. */
function write(name: string, content: string | Uint8Array): void {
  const temporary = at(`${process.pid}.tmp`);
  writeFileSync(temporary, content);
  renameSync(temporary, at(name));
}
