import { programSteps, STEPS } from './steps.ts';
import { verify } from './run-steps.ts';

/**
 * All that has to be right. With a path as argument: the end-to-end tests against that build of the program.
 */
const [binary] = process.argv.slice(2);
process.exitCode = binary === undefined ? verify(STEPS) : verify(programSteps, binary);
