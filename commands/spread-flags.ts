import * as Flags from '@oclif/core/flags';
import type { Spread } from '../src/domain/workflow.ts';

/** Of commands that work on many servers. */
export const SPREAD_FLAGS = {
  waves: Flags.string({
    multiple: true,
    delimiter: ',',
    description: 'how many servers at a time, one wave after the other; the last is repeated',
    helpValue: '1,2,50%',
  }),
  'max-fail-percent': Flags.integer({
    description: 'begin no further wave when more of all servers have failed (0)',
    helpValue: 'N',
  }),
};

/** What they say, as an operation has it. */
export const spreadOf = (flags: {
  readonly waves?: readonly string[] | undefined;
  readonly 'max-fail-percent'?: number | undefined;
}): Spread => {
  const { waves, 'max-fail-percent': max_fail_percent } = flags;
  return {
    ...(waves === undefined ? {} : { waves: waves.map((wave) => (/^\d+$/.test(wave) ? Number(wave) : wave)) }),
    ...(max_fail_percent === undefined ? {} : { max_fail_percent }),
  };
};
