import type { TaskDocument } from '../../api/documents.ts';

/** Light enough for black text, and told apart without red and green by their brightness. */
export const COLOURS: Readonly<Record<TaskDocument['status'], string>> = {
  pending: '#eeeeee',
  running: '#8ecae6',
  completed: '#b7e4c7',
  failed: '#f28482',
  unknown: '#d0a2f7',
  cancelled: '#f6bd60',
  skipped: '#f5e6a8',
};
