import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';

/** For what is done to the files of an orchestrator where these are on another machine. */
export const elsewhere = (verb: 'gc' | 'resume'): Failure =>
  failure('usage', 'the orchestrator of this configuration is on another machine', {
    hint: `Run "provisioning orchestrator ${verb}" there.`,
  });
