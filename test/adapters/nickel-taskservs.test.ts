import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BAD, GOOD } from '../rig/manifest-cases.ts';
import { useNickel } from './nickel-rig.ts';

const { folder, valueOf, failuresOf } = useNickel();

/** What Nushell says of the same cases is in nulib/manifest.test.ts. */
async function checked(taskserv: string, params: Record<string, unknown>): Promise<string> {
  await writeFile(join(folder(), 'params.json'), JSON.stringify({ name: taskserv, servers: ['a'], ...params }));
  return `let taskservs = import "provisioning/taskservs.ncl" in (import "params.json") | taskservs.${taskserv}`;
}

test('parameters as the manifest wants them pass, and nothing is added', async () => {
  for (const [taskserv, params] of GOOD)
    expect(await valueOf(await checked(taskserv, params))).toEqual({ name: taskserv, servers: ['a'], ...params });
});

test('all others are refused before anything is submitted', async () => {
  for (const [taskserv, params, part] of BAD) {
    const [first] = await failuresOf(await checked(taskserv, params));
    const text = `${first?.message}${first?.report}`;
    expect(
      part.split('|').some((one) => text.includes(one)),
      text,
    ).toBe(true);
  }
});
