import * as Args from '@oclif/core/args';

/** Never read from stdin: a command in a script would wait for it. */
export const NAMES = {
  names: Args.string({ multiple: true, ignoreStdin: true, description: 'names; without any: all of the infra' }),
};

/** What destroys does nothing without a word about what. */
export const NAMES_OR_ALL: typeof NAMES = {
  names: { ...NAMES.names, description: 'names of what goes; without any, --all is needed' },
};

/** The type is that of `NAMES`, so that a class may replace one by the other. */
export const REQUIRED_NAMES: typeof NAMES = {
  names: { ...NAMES.names, required: true, description: 'one or more names' },
};
