export const TASK_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled', 'skipped', 'unknown'] as const;
export const RUN_STATUSES = [
  'queued',
  'running',
  'paused',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
  'unknown',
] as const;
