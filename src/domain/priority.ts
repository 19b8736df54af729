export const PRIORITIES = ['low', 'normal', 'high'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Higher goes first. */
export const weightOf = (priority: Priority): number => PRIORITIES.indexOf(priority);
