import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { command, hostEngine, submission, temporaryPaths } from '../rig/engine.ts';
import type { EngineHost } from '../rig/engine.ts';

let home: ReturnType<typeof temporaryPaths>;
let host: EngineHost;

beforeEach(() => {
  home = temporaryPaths();
  host = hostEngine(home.paths);
});

afterEach(async () => {
  await host.close();
  home.remove();
});

function submit(script: string): string {
  const accepted = host.engine.submit(submission([command('a', ['sh', '-c', script])]));
  if (!accepted.ok) throw new Error(accepted.error.message);
  return accepted.value.id;
}

test('what is asked of a run that stands so already changes nothing, and says so', async () => {
  const id = submit(`touch ${home.root}/began; until [ -e ${home.root}/go ]; do sleep 0.02; done`);
  await expect.poll(() => existsSync(`${home.root}/began`)).toBe(true);
  const { engine } = host;
  expect(engine.resume(id)).toEqual({ ok: true, value: { status: 'running', already: true } });
  expect(engine.retry(id, {})).toEqual({ ok: true, value: { status: 'running', already: true } });
  expect(engine.pause(id, 'test')).toEqual({ ok: true, value: { status: 'paused', already: false } });
  expect(engine.pause(id, 'test')).toEqual({ ok: true, value: { status: 'paused', already: true } });
  expect(engine.resume(id)).toEqual({ ok: true, value: { status: 'running', already: false } });
  writeFileSync(`${home.root}/go`, '');
  expect(await engine.settled(id)).toBe('completed');
});

test.each(['pause', 'resume', 'retry'] as const)(
  'a run that has ended and is not to be %sd is nobody’s again',
  async (verb) => {
    const id = submit('true');
    await host.engine.settled(id);
    const { engine } = host;
    const asked = {
      pause: () => engine.pause(id, 'test'),
      resume: () => engine.resume(id),
      retry: () => engine.retry(id, {}),
    };
    expect(asked[verb]()).toMatchObject({ ok: false, error: { code: 'conflict', hint: expect.any(String) } });
    expect(engine.stats()).toEqual({ queued: 0, running_tasks: 0, open_runs: 0 });
  },
);
