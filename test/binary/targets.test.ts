import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { OWN } from '../../src/build/targets.ts';

const ROOT = join(import.meta.dirname, '../..');
const NICKEL = brotliDecompressSync(readFileSync(join(ROOT, 'src/adapters/nickel/nickel.wasm.br')));
/** Three builds and their downloads, on a busy machine. In milliseconds. */
const LONG = 600_000;
const STAND_IN = 'This stands for a Nushell that the registry does not give out.\n';

/** For each target: its file, and what its format says of the machine that it is for. */
const TARGETS = {
  'linux-x64': { file: 'provisioning-linux-x64', machineOf: elf, machine: 'ELF 3e' },
  'linux-arm64': { file: 'provisioning-linux-arm64', machineOf: elf, machine: 'ELF b7' },
  'darwin-arm64': { file: 'provisioning-darwin-arm64', machineOf: machO, machine: 'Mach-O 100000c' },
  'win-x64': { file: 'provisioning-win-x64.exe', machineOf: portableExecutable, machine: 'PE 8664' },
} as const;

type Target = keyof typeof TARGETS;
const others = (Object.keys(TARGETS) as Target[]).filter((target) => target !== OWN);

test(
  'files for other systems have their format and machine, everything inside, and a reasonable size',
  { timeout: LONG },
  () => {
    const output = build('--target', others.join(','), '--nu', standIn());
    let checked = 0;
    for (const target of others) {
      if (isMissing(output, target)) continue;
      checked++;
      const { file, machineOf, machine } = TARGETS[target];
      const path = join(ROOT, 'dist', file);
      onTestFinished(() => {
        rmSync(path, { force: true });
      });
      const bytes = readFileSync(path);
      expect(machineOf(bytes), target).toBe(machine);
      expect(bytes.includes(assetOf('nickel', NICKEL)), `${target}: Nickel`).toBe(true);
      for (const name of ['manifest', 'template-engine', 'files', 'nu', 'pack:text', 'pack:command'])
        expect(bytes.includes(lengthAnd(name)), `${target}: ${name}`).toBe(true);
      expect(bytes.includes(lengthAnd('compiled:text')), `${target}: code that only this machine's V8 knows`).toBe(
        false,
      );
      expect(statSync(path).mode & 0o111, target).toBe(0o111);
      // Node without symbols is 105 to 115 MB; one that kept them has 150.
      expect(bytes.length / 1e6, `${target}, MB`).toBeGreaterThan(100);
      expect(bytes.length / 1e6, `${target}, MB`).toBeLessThan(166);
    }
    if (checked === 0) console.warn('NOT TESTED: the registry has no Node for any other system');
  },
);

test('what the registry lacks is named, and the target is not built', { timeout: LONG }, ({ skip }) => {
  const output = build('--target', others.join(','));
  const missing = others.filter((target) => isMissing(output, target));
  for (const target of missing) {
    expect(output).toMatch(
      new RegExp(`^${target}: NOT BUILT: the registry does not give out the package [^ ]+@\\d`, 'm'),
    );
    rmSync(join(ROOT, 'dist', TARGETS[target].file), { force: true });
  }
  for (const target of others.filter((name) => !missing.includes(name)))
    expect(output).toContain(`${TARGETS[target].file}: `);
  if (missing.length > 0) console.warn(`BUILT WITH A STAND-IN FOR NUSHELL ONLY: ${missing.join(', ')}`);
  skip(missing.length === others.length, 'no target could be built whole here');
});

test('the lines of the README build what they say', { timeout: LONG }, () => {
  const [, block = ''] = /## One file\n\n```sh\n([^]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  const [own, crossed = ''] = block.split('\n').map((line) => line.replace(/\s+#.*$/, ''));
  // The file that is tested here is what it makes.
  expect(own).toBe('npm run build');
  const named = (/^npm run build -- --target (\S+)$/.exec(crossed)?.[1] ?? '').split(',') as Target[];
  const { stdout, stderr } = spawnSync('sh', ['-c', crossed], { cwd: ROOT, encoding: 'utf8' });
  for (const target of named) {
    if (isMissing(stderr, target)) continue;
    const { file, machineOf, machine } = TARGETS[target];
    const path = join(ROOT, 'dist', file);
    onTestFinished(() => {
      rmSync(path, { force: true });
    });
    expect(stdout).toContain(`dist/${file}: `);
    expect(machineOf(readFileSync(path)), target).toBe(machine);
  }
});

test('a target that does not exist is refused with those that do', () => {
  expect(build('--target', 'plan9-x64')).toContain(
    'no target plan9-x64: linux-x64, linux-arm64, darwin-arm64, win-x64',
  );
});

function build(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['src/build/build.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

function isMissing(output: string, target: Target): boolean {
  if (!output.includes(`${target}: NOT BUILT`)) return false;
  console.warn(output.split('\n').find((line) => line.startsWith(target)));
  return true;
}

function standIn(): string {
  const folder = mkdtempSync(join(tmpdir(), 'prv-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'nu'), STAND_IN);
  return join(folder, 'nu');
}

/** As Node writes a string before the next thing: its length in 8 bytes, then its bytes. */
function lengthAnd(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
}

const assetOf = (name: string, content: Uint8Array): Buffer => Buffer.concat([lengthAnd(name), lengthAnd(content)]);

function elf(bytes: Buffer): string {
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
  return `ELF ${bytes.readUInt16LE(18).toString(16)}`;
}

function machO(bytes: Buffer): string {
  expect(bytes.readUInt32LE(0)).toBe(0xfe_ed_fa_cf);
  return `Mach-O ${bytes.readUInt32LE(4).toString(16)}`;
}

function portableExecutable(bytes: Buffer): string {
  expect(bytes.subarray(0, 2).toString('latin1')).toBe('MZ');
  const header = bytes.readUInt32LE(0x3c);
  expect(bytes.subarray(header, header + 4).toString('latin1')).toBe('PE\0\0');
  return `PE ${bytes.readUInt16LE(header + 4).toString(16)}`;
}
