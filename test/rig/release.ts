import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProtocolRange } from '../../src/api/version.ts';

/** Another release of the program: all of it, with another version and protocol. */
export interface Release {
  readonly folder: string;
  readonly program: readonly [string, ...string[]];
  remove(): void;
}

const ROOT = join(import.meta.dirname, '..', '..');

export function makeRelease(version: string, { min, max }: ProtocolRange): Release {
  const folder = mkdtempSync(join(tmpdir(), 'provisioning-release-'));
  for (const part of ['bin', 'commands', 'src', 'templates', 'package.json', 'pkg.config.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  change(join(folder, 'package.json'), /"version": "[^"]+"/, `"version": "${version}"`);
  change(join(folder, 'src/api/version.ts'), /PROTOCOL: ProtocolRange = \{[^}]+\}/, protocol(min, max));
  return {
    folder,
    program: [process.execPath, join(folder, 'bin', 'provisioning.js')],
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const protocol = (min: number, max: number): string => `PROTOCOL: ProtocolRange = { min: ${min}, max: ${max} }`;

function change(file: string, what: RegExp, by: string): void {
  const text = readFileSync(file, 'utf8');
  if (!what.test(text)) throw new Error(`${file} does not have ${what}`);
  writeFileSync(file, text.replace(what, by));
}
