import { expect, test } from 'vitest';
import { nuValue } from '../rig/nushell-values.ts';

const WAVES = 'use lib/waves.nu waves-of';

test('waves cover every host, and the last one is repeated', () => {
  const cases: readonly [readonly (number | string)[], number, number, readonly number[]][] = [
    [[], 6, 6, [6]],
    [[1], 3, 3, [1, 1, 1]],
    [[1, 2, '50%'], 6, 6, [1, 2, 3]],
    [[1, 2, '50%'], 12, 12, [1, 2, 6, 6]],
    [['10%'], 5, 5, [1, 1, 1, 1, 1]],
    [['100%'], 4, 4, [4]],
    // What an earlier attempt has finished counts for the share, but is not done again.
    [['50%'], 3, 6, [3]],
    [[2], 0, 4, [2]],
  ];
  const sizes = nuValue(
    WAVES,
    '$in | each {|it| waves-of $it.0 $it.1 $it.2 }',
    cases.map((one) => one.slice(0, 3)),
  );
  expect(sizes).toEqual(cases.map((one) => one[3]));
});

/** Ten hosts of which the named ones fail; what came of it, and what was remembered for the next attempt. */
const OVER = `
use lib/waves.nu over-hosts
def go [asked: record] {
  $env.PROVISIONING_TASK_DIR = (mktemp --directory)
  let hosts = $asked.hosts | each {|name| { name: $name } }
  let options = { waves: $asked.waves, max_fail_percent: $asked.percent, verb: "trying", digest: "d", request: { checkpoint: $asked.checkpoint? } }
  let ended = over-hosts $hosts $options {|host| if $host.name in $asked.bad { error make { msg: "no" } } else { { status: changed } } }
  let kept = open ($env.PROVISIONING_TASK_DIR | path join checkpoint.json)
  rm --recursive $env.PROVISIONING_TASK_DIR
  { tried: ($ended.results | each {|it| $"($it.server) ($it.status)" }), untried: $ended.untried, stopped: $ended.stopped, kept: $kept }
}`;

const over = (asked: Record<string, unknown>) => nuValue(OVER, 'go $in', asked) as Record<string, unknown>;

test('a host that fails stops the next wave, and the others of its own finish', () => {
  const ended = over({ hosts: ['a', 'b', 'c', 'd', 'e'], waves: [1, 2], percent: 0, bad: ['b'] });
  expect(ended).toMatchObject({ tried: ['a changed', 'b failed', 'c changed'], untried: ['d', 'e'], stopped: true });
});

test('as long as no more fail than may, it goes on', () => {
  expect(over({ hosts: ['a', 'b', 'c', 'd'], waves: [1], percent: 25, bad: ['a'] })).toMatchObject({
    tried: ['a failed', 'b changed', 'c changed', 'd changed'],
    stopped: false,
  });
  expect(over({ hosts: ['a', 'b', 'c', 'd'], waves: [1], percent: 25, bad: ['a', 'b'] })).toMatchObject({
    untried: ['c', 'd'],
    stopped: true,
  });
});

test('the next attempt goes on with what is left', () => {
  const first = over({ hosts: ['a', 'b', 'c'], waves: [1], percent: 0, bad: ['b'] });
  const next = over({ hosts: ['a', 'b', 'c'], waves: [1], percent: 0, bad: ['a'], checkpoint: first['kept'] });
  expect(next).toMatchObject({ tried: ['a finished', 'b changed', 'c changed'], stopped: false });
});

test('what another definition has finished is done again', () => {
  const checkpoint = { digest: 'other', finished: { a: { server: 'a', status: 'changed' } } };
  expect(over({ hosts: ['a'], waves: [], percent: 0, bad: [], checkpoint })).toMatchObject({ tried: ['a changed'] });
});

const RETRY = 'Once the cause is mended: provisioning workflow retry.';
test.each([
  [[{ help: 'Do x.' }, { help: 'Do x.' }], `Do x. ${RETRY}`],
  [[{ help: 'Do x.' }, { help: 'Do y.' }], `a: Do x. b: Do y. ${RETRY}`],
  [[{ help: 'Do x.' }, {}], `a: Do x. ${RETRY}`],
  [[{}, { log: ['it broke'] }], 'The last lines of its log on b:\nit broke'],
])('what fails on several hosts keeps their remedy: %j', (ends, help) => {
  const bad = ends.map((end, index) => ({ server: 'ab'.charAt(index), status: 'failed', failure: 'no', ...end }));
  const refusal = 'try { refuse-bad shop 3 $in [] } catch {|error| $error.details.help }';
  expect(nuValue('use lib/waves.nu refuse-bad', refusal, bad)).toBe(help);
});

const CREATE = 'provisioning taskserv create shop --infra lab';
test.each([
  ['refused', CREATE, `Once the definition is mended: ${CREATE}`],
  ['failed', CREATE, `${RETRY} Where that is the definition, which a retry does not read again: ${CREATE}`],
  ['unreachable', null, RETRY],
  ['failed', '', null],
])('who asked by a command is told to give it again: %s %j', (status, again, help) => {
  const refusal = `try { refuse-bad shop 3 $in.bad [] --again $in.again } catch {|error| $error.details.help? }`;
  const bad = [{ server: 'a', status, failure: 'no' }];
  expect(nuValue('use lib/waves.nu refuse-bad', refusal, { bad, again })).toBe(help);
});

test('the remedy of a host that ends its work badly is kept', () => {
  const how = '{ waves: [], verb: trying, digest: d, request: {} }';
  const work = '{|host| [1] | each {|_| error make --unspanned { msg: no, help: "Do x." } } }';
  const asked = `$env.PROVISIONING_TASK_DIR = (mktemp --directory); let ended = over-hosts [{ name: a }] ${how} ${work}; rm --recursive $env.PROVISIONING_TASK_DIR; $ended.results`;
  expect(nuValue('use lib/waves.nu over-hosts', asked)).toMatchObject([{ failure: 'no', help: 'Do x.' }]);
});

test('of an error in the midst of a pipeline, the cause is told, not what Nushell says of the pipeline', () => {
  const how = '{ waves: [], verb: "x", digest: "d", request: {} }';
  const work =
    '{|host| [1 2] | each {|n| error make --unspanned { msg: "no such thing", code: unreachable, help: "Do x." } } }';
  const asked = `$env.PROVISIONING_TASK_DIR = (mktemp --directory); let ended = over-hosts [{ name: a }] ${how} ${work}; rm --recursive $env.PROVISIONING_TASK_DIR; $ended.results`;
  const told = { status: 'unreachable', failure: 'no such thing', help: 'Do x.' };
  expect(nuValue('use lib/waves.nu over-hosts', asked)).toMatchObject([told]);
});
