import type { FailureCode } from '../domain/failure.ts';

export interface Explanation {
  /** One sentence. */
  readonly means: string;
  readonly causes: readonly string[];
  /** What to do, the likeliest first. */
  readonly remedies: readonly string[];
}

/** `provisioning explain`: each failure of the table in `domain/failure.ts`, for somebody who meets it at night. */
export const EXPLANATIONS: Readonly<Record<FailureCode, Explanation>> = {
  work_failed: {
    means: 'A task ended with an error of its own: the run did what it could and stopped there.',
    causes: ['a program that a task ran exited with another code than 0', 'a provider refused what was asked of it'],
    remedies: [
      'Read what the task printed: provisioning workflow logs ID TASK.',
      'Remove the cause, then go on where it stopped: provisioning workflow retry ID.',
      'Take back what was done, if the workflow allows it: provisioning workflow rollback ID.',
    ],
  },
  usage: {
    means: 'The command line, or a request to the API, cannot be understood.',
    causes: [
      'a misspelt command, flag or name',
      'a value that is missing or not allowed',
      'flags that exclude each other',
    ],
    remedies: ['See what it takes: provisioning help COMMAND.'],
  },
  config_invalid: {
    means: 'A configuration document or a PROVISIONING_ variable says something that cannot hold.',
    causes: [
      'an unknown or misspelt key',
      'a value of the wrong kind',
      'a workspace that sets what only its user may set',
      'a file or folder of the state folder that this user may not read or write',
    ],
    remedies: [
      'Go to the file, line and column that the message names.',
      'Check all documents at once: provisioning config validate; the state folder: provisioning orchestrator doctor.',
      'See what a key takes: provisioning config explain SECTION.KEY.',
    ],
  },
  definition_invalid: {
    means: 'A workflow or infra file is not valid; nothing of it was started.',
    causes: [
      'a syntax error, or a contract of Nickel that is not met',
      'an unknown field, operation or dependency, or dependencies in a circle',
      'something that this version does not do',
    ],
    remedies: ['Mend each place that is named, then check again: provisioning workflow validate FILE.'],
  },
  not_running: {
    means: 'No orchestrator runs. This is an answer, not an accident: one starts by itself when a command needs it.',
    causes: ['nothing was to be done for a while, so it left', 'it was stopped, or the machine was restarted'],
    remedies: [
      'Nothing, if no work waits. To take up work that waits: provisioning orchestrator start.',
      'If it should have been running: provisioning orchestrator doctor.',
    ],
  },
  not_found: {
    means: 'What was named does not exist here.',
    causes: [
      'a misspelt name or id',
      'another workspace, infra or state folder than you think of',
      'a run that was removed by gc',
    ],
    remedies: [
      'See what there is: provisioning workflow list, provisioning server list.',
      'See which folders are in use here: provisioning env.',
    ],
  },
  conflict: {
    means: 'What was asked contradicts what is recorded already.',
    causes: [
      'a resource of that name exists with another definition',
      'the same idempotency key was used for something else',
      'a run is not in a state in which this can be done to it',
    ],
    remedies: [
      'Compare with what exists: provisioning server show NAME, provisioning workflow status ID.',
      'Delete what is in the way, or take another name or key; an app is replaced by: provisioning app deploy NAME --force.',
    ],
  },
  differs: {
    means: 'A comparison was asked for, and the two sides differ. Nothing was changed.',
    causes: ['something was changed by hand, or since it was defined', 'the doctor found a fault'],
    remedies: ['Decide which side is right: repeat the command without the comparison to bring about what is defined.'],
  },
  cancelled: {
    means: 'The work was cancelled before it was complete; what had been done by then stays.',
    causes: ['somebody cancelled the run, or pressed Ctrl-C in direct mode', 'a question was answered with no'],
    remedies: [
      'See what was done: provisioning workflow status ID.',
      'Do the rest after all: provisioning workflow retry ID.',
    ],
  },
  timed_out: {
    means: 'It took longer than it was allowed to take, and was ended.',
    causes: ['a host or provider that does not answer', 'a limit that is too tight for this work'],
    remedies: [
      'See where it stood: provisioning workflow logs ID TASK.',
      'Give it more time (timeout of the operation, executor.task_timeout_seconds), then: provisioning workflow retry ID.',
    ],
  },
  unavailable: {
    means: 'The orchestrator that this command needs cannot be reached or may not be started.',
    causes: [
      'orchestrator.enabled or auto_start is false',
      'a remote endpoint that is down or misspelt',
      'it could not start: the message has its own words',
    ],
    remedies: [
      'Find out why: provisioning orchestrator doctor, provisioning orchestrator logs.',
      'Do it without one: the same command with --direct, or provisioning workflow run FILE.',
    ],
  },
  outcome_unknown: {
    means: 'A task began, and nobody can prove how it ended. It is not repeated, since its effect may exist.',
    causes: ['the machine or the task was killed in the middle', 'the answer of a provider was lost'],
    remedies: [
      'Look at the real thing, then say what you saw: provisioning workflow resolve ID TASK --as completed|failed|retry.',
      'Say in the workflow how to find out, so that it asks by itself next time: idempotent = true, or a probe.',
    ],
  },
  internal: {
    means: 'A bug in provisioning. Work that had been accepted is recorded and not lost.',
    causes: ['a case that its authors did not think of'],
    remedies: [
      'Please report it with all that was printed, and the output of: provisioning version --json.',
      'See how the work stands: provisioning workflow list.',
    ],
  },
  try_later: {
    means: 'Not now: nothing was done, and the same command may succeed in a while.',
    causes: [
      'the disk is full: that of the state folder, or that to which the output goes',
      'the orchestrator is busy or about to leave',
      'its version does not fit this one, and it has work that must not be interrupted',
    ],
    remedies: [
      'Remove what the message names if it is yours to remove, then try again.',
      'See how it is: provisioning orchestrator status.',
    ],
  },
  incompatible: {
    means: 'Two parts of different versions do not fit together. Nothing was done.',
    causes: [
      'a library (nushell.provisioning_lib) of another version than this program',
      "somebody else's orchestrator of a version that this program cannot work with",
      'a versions.toml of this machine that rules the combination out',
    ],
    remedies: [
      'See which two, and by which rule: provisioning compat check.',
      'Bring the older of the two to the version that the message names.',
    ],
  },
  output_lost: {
    means: 'What the command printed did not arrive. What was asked for has been done or refused all the same.',
    causes: ['the disk that stdout goes to is full'],
    remedies: [
      'Before you repeat it, see what it did: provisioning workflow list.',
      'With a --key of its own, a command may be repeated: it does not do its work twice.',
    ],
  },
  interrupted: {
    means: 'This command stopped watching; the work itself goes on.',
    causes: ['Ctrl-C, or a signal, while orchestrated work was being watched'],
    remedies: [
      'Watch again: provisioning workflow status @latest.',
      'End the work too: provisioning workflow cancel @latest.',
    ],
  },
  unauthorized: {
    means: 'The orchestrator wants the token of its user, and got none or another one.',
    causes: [
      'the token file of another orchestrator or of an older one',
      'a call of the API without the Authorization header',
    ],
    remedies: [
      'Name the file whose only line is the token: PROVISIONING_TOKEN_FILE. It is "token" in the state folder.',
      'See which state folder is in use: provisioning env.',
    ],
  },
  forbidden: {
    means: 'The orchestrator does not do this for this caller, whatever its token.',
    causes: [
      'a browser, or a foreign Host header',
      'a path on the machine of the orchestrator, sent over TCP',
      'another user of the machine',
    ],
    remedies: ['Use the command line, or the socket, as the user to whom the orchestrator belongs.'],
  },
  unsupported_media_type: {
    means: 'The body of a request to the API is not JSON.',
    causes: ['a request without "Content-Type: application/json"'],
    remedies: ['Send JSON, and say so in the header.'],
  },
  too_large: {
    means: 'The body of a request to the API is larger than the orchestrator reads.',
    causes: ['a workflow that carries data instead of naming it'],
    remedies: ['Put large data into files and name them in the parameters, or split the workflow.'],
  },
};
