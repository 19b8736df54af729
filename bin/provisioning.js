#!/usr/bin/env node
// Imports main. What stands before it has to run on any Node: an older one that npm or a shell found first hands over
// to the one that was installed with this program, and compiled code is kept, which halves the time of every command.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 26;
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  module.enableCompileCache(at('../node_modules/.cache/provisioning'));
  await import('../src/main.ts');
} else {
  const node = at('../node_modules/node/bin/node');
  if (existsSync(node)) await handOver(node);
  else {
    process.stderr.write(
      `error: provisioning needs Node ${NEEDED}, and this is ${process.versions.node}\n  → Run "npm ci" in ${at('..')}\n`,
    );
    process.exitCode = 2;
  }
}

/** Ctrl-C reaches both processes by itself; other signals are passed on. */
async function handOver(node) {
  const { spawn } = await import('node:child_process');
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === 'SIGKILL' ? 9 : 15);
  });
}
