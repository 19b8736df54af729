import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { KEYS, SECTIONS } from '../config/keys.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Lays out what is given to others: `install.sh`, the executable and its data as they will stand below a prefix, and
 * the sums that the installer checks. The executable is linked, not copied; it must be on the same disk.
 */
export function writeRelease(executable: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const at = (path: string): string => join(folder, path);
  for (const part of ['bin', 'lib', 'share/provisioning/config']) mkdirSync(at(part), { recursive: true });
  linkSync(executable, at('bin/provisioning'));
  cpSync(join(ROOT, 'src/nulib'), at('lib/provisioning'), { recursive: true });
  cpSync(join(ROOT, 'templates'), at('share/provisioning/templates'), { recursive: true });
  writeFileSync(at('share/provisioning/config/config.defaults.toml'), defaultsDocument());
  cpSync(join(ROOT, 'templates/install/install.sh'), at('install.sh'));
  chmodSync(at('install.sh'), 0o755);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(at(path)).isFile(),
  );
  const sums = files.toSorted().map((path) => `${sha256(at(path))}  ${path}\n`);
  writeFileSync(at('SHA256SUMS'), sums.join(''));
}

/** Every key with what holds if nobody says anything: comments, so the document itself says nothing. */
export function defaultsDocument(): string {
  const facts = { ci: false, systemOwned: false, stateDir: '', systemStateDir: '' };
  const lines = [
    '# What holds where no document says otherwise. Documents of the machine: /etc/provisioning/config.toml.',
  ];
  for (const [section, { meaning }] of SECTIONS) {
    lines.push('', `# ${meaning}`, `# [${section}]`);
    for (const key of KEYS.filter((one) => one.section === section)) {
      const value = key.builtin(facts).value;
      const text = key.defaultText ?? (value === null ? 'none' : JSON.stringify(value));
      lines.push(`# ${key.name} = ${text}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
