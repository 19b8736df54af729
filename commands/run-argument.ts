import * as Args from '@oclif/core/args';

export const RUN = {
  id: Args.string({ required: true, ignoreStdin: true, description: 'its id, a unique prefix of it, or @latest' }),
};
