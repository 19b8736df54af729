/** Paths as clients write them. No imports: a command that only asks must not load the server's libraries. */

const id = encodeURIComponent;

export const paths = {
  health: '/health',
  workflows: '/workflows',
  workflow: (workflowId: string): string => `/workflows/${id(workflowId)}`,
  steer: (workflowId: string, verb: 'cancel' | 'pause' | 'resume' | 'retry' | 'rollback'): string =>
    `/workflows/${id(workflowId)}/${verb}`,
  resolve: (workflowId: string, task: string): string => `/workflows/${id(workflowId)}/tasks/${id(task)}/resolve`,
  why: (workflowId: string): string => `/workflows/${id(workflowId)}/why`,
  definition: (workflowId: string): string => `/workflows/${id(workflowId)}/definition`,
  events: (workflowId: string): string => `/workflows/${id(workflowId)}/events`,
  tasks: '/tasks',
  task: (taskId: string): string => `/tasks/${id(taskId)}`,
  log: (taskId: string): string => `/tasks/${id(taskId)}/log`,
  wait: (taskId: string): string => `/tasks/${id(taskId)}/wait`,
  progress: (taskId: string): string => `/tasks/${id(taskId)}/progress`,
  resources: '/resources',
  stop: '/orchestrator/stop',
  reload: '/orchestrator/reload',
} as const;

/** Workflows that consist of one noun and verb: path → operation type. */
export const COMMAND_PATHS = {
  '/workflows/servers/create': 'server.create',
  '/workflows/servers/delete': 'server.delete',
  '/workflows/taskserv/create': 'taskserv.create',
  '/workflows/taskserv/delete': 'taskserv.delete',
  '/workflows/clusters/create': 'cluster.create',
  '/workflows/clusters/delete': 'cluster.delete',
} as const;

export type CommandPath = keyof typeof COMMAND_PATHS;
export type CommandType = (typeof COMMAND_PATHS)[CommandPath];

/** Header of mutating calls: the same key and body mean the same run. */
export const IDEMPOTENCY_KEY = 'idempotency-key';
/** Printable ASCII, so that it can be a header. */
export const KEY_PATTERN = /^[\x21-\x7e]{1,200}$/;
