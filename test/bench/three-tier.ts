import { closeHome } from '../rig/leaks.ts';
import { makeHome } from '../rig/home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { run } from '../rig/program.ts';
import { writeExample } from '../rig/three-tier.ts';
import { line, ms, ratio } from './measure.ts';

/** `node test/bench/three-tier.ts`: the example on six fresh hosts, and again. Wants root. */
if (!hostsHere) process.exit(0);
const hosts = Hosts.up(6);
const home = makeHome();
try {
  writeExample(home, hosts);
  const first = await submit();
  const again = [await submit(), await submit(), await submit()].toSorted((a, b) => a - b)[1] ?? Number.NaN;
  line('three-tier, fresh', ms(first), 'installs everything on six hosts');
  line(
    'three-tier, again',
    ms(again),
    `${ratio(again, first)} the first (target 0.15 ×${again > 0.15 * first ? ': MISSED' : ''})`,
  );
} finally {
  await closeHome(home);
  hosts.down();
}

/** Milliseconds. */
async function submit(): Promise<number> {
  const before = performance.now();
  const ran = await run(home, ['workflow', 'submit', 'three-tier.ncl', '--wait'], { env: { SHOP_DB_PASSWORD: 'a b' } });
  if (ran.code !== 0) throw new Error(ran.stdout + ran.stderr);
  return performance.now() - before;
}
