import { expect, test } from 'vitest';
import { standing } from '../../src/presentation/standing.ts';

test.each([
  ['queued', 'is queued', 'is queued already'],
  ['running', 'is running', 'runs already'],
  ['paused', 'is paused', 'is paused already'],
  ['cancelling', 'is being cancelled', 'is being cancelled'],
  ['completed', 'has completed', 'has completed'],
  ['failed', 'failed', 'failed'],
  ['cancelled', 'is cancelled', 'is cancelled already'],
  ['unknown', 'is unknown', 'is unknown already'],
])('a run that is %s "%s"; one that was so before "%s"', (status, now, before) => {
  expect([standing(status), standing(status, true)]).toEqual([now, before]);
});
