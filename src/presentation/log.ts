import { oneLine } from './escape.ts';
import type { Style } from './style.ts';
import { timeText } from './time.ts';

interface Entry {
  readonly at: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `2026-11-23 15:04:05  accepted  workflow_id=… name=web` */
export function logLine({ at, event, fields }: Entry, style: Style): string {
  const told = Object.entries(fields).map(([key, value]) => `${key}=${wordOf(value)}`);
  const parts = [style.dim(timeText(at)), style.bold(oneLine(event)), oneLine(told.join(' '))];
  return `${parts.filter((part) => part !== '').join('  ')}\n`;
}

const wordOf = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
