import * as Flags from '@oclif/core/flags';

export const WAIT = { wait: Flags.boolean({ default: false, description: 'wait for the outcome' }) };
