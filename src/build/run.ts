import { getRawAsset } from 'node:sea';
import { createLoader } from './loader.ts';
import type { Index } from './loader.ts';

/** The script of the single file: it loads `main` out of the file's own assets. The constants are put in by `bundle.ts`. */
declare const INDEX: Index;
declare const ENTRY: string;
/** Compiled code is of use to the very V8 that made it only: a file for another system has none. */
declare const COMPILED: boolean;

const load = createLoader(INDEX, {
  source: (pack) => Buffer.from(getRawAsset(`pack:${pack}`)).toString('latin1'),
  compiled: (pack) => (COMPILED ? new Uint8Array(getRawAsset(`compiled:${pack}`)) : undefined),
});
load(ENTRY);
