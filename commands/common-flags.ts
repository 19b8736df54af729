import * as Flags from '@oclif/core/flags';

/** Of every command. */
export const COMMON_FLAGS = {
  json: Flags.boolean({ description: 'print data as JSON, and nothing else, on stdout' }),
  'json-into': Flags.string({
    description: 'write that data to a file, besides the text on stdout',
    helpValue: 'FILE',
  }),
  quiet: Flags.boolean({ char: 'q', description: 'print bare ids only' }),
  workspace: Flags.string({ char: 'w', description: 'folder of the workspace', helpValue: 'FOLDER' }),
  infra: Flags.string({ char: 'i', description: 'name of the infra', helpValue: 'NAME' }),
  direct: Flags.boolean({ description: 'execute here, in the foreground', exclusive: ['orchestrated'] }),
  orchestrated: Flags.boolean({ description: 'hand over to the orchestrator; returns at once unless --wait' }),
  'explain-mode': Flags.boolean({ description: 'say where the command would run and why, and do nothing' }),
  'no-color': Flags.boolean({ description: 'no colours' }),
};

/** Of commands that make a run. */
export const WORK_FLAGS = {
  wait: Flags.boolean({ description: 'wait for the outcome', exclusive: ['detach'] }),
  follow: Flags.boolean({ char: 'f', description: 'the same as --wait', exclusive: ['detach'] }),
  detach: Flags.boolean({ description: 'return as soon as the orchestrator has accepted' }),
  key: Flags.string({ description: 'idempotency key: the same key and request mean the same run', helpValue: 'KEY' }),
  priority: Flags.option({ options: ['low', 'normal', 'high'] as const, description: 'what goes first' })(),
};
