import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { placesOf } from '../../src/config/paths.ts';

test.each([
  ['/somewhere', '/somewhere'],
  ['', userInfo().homedir],
  ['relative', userInfo().homedir],
  [undefined, userInfo().homedir],
])('HOME=%j is %s', (HOME, home) => {
  expect(placesOf({ HOME }, {})).toMatchObject({ home, stateHome: `${home}/.local/state` });
});
