import type { SQLOutputValue } from 'node:sqlite';

/** A column that holds text. */
export const text = (value: SQLOutputValue | undefined): string => String(value);
