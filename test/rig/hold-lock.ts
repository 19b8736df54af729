import { createLocks } from '../../src/adapters/system/locks.ts';

// Takes a lock, forgets all that it can forget, collects garbage a hundred times, and says so. Ends with its stdin.
const [file = ''] = process.argv.slice(2);
createLocks().acquire(file);
for (let round = 0; round < 100; round += 1) {
  Array.from({ length: 1000 }, () => new Uint8Array(1000));
  globalThis.gc?.();
}
console.log(globalThis.gc === undefined ? 'no gc' : 'collected');
process.stdin.resume().on('end', () => process.exit());
