import { isRecord } from '../domain/json.ts';
import { NAME } from '../domain/workflow.ts';
import type { Document, Path } from '../ports/definitions.ts';
import { quote } from './quote.ts';

/** Top-level keys that may stand around a workflow. */
export const WRAPPERS = ['batch_workflow', 'workflow'] as const;

/** Data without a text of its own: exported from Nickel, or received by HTTP. Places are paths: `operations[3] (web-1)`. */
export const documentOf = (file: string, value: unknown): Document => ({
  file,
  value,
  locate(path) {
    const text = pathText(value, path);
    return text === '' ? { file } : { file, path: text };
  },
});

/**
 * `operations[3] (web-1).retry.attempts`: elements of lists carry their id or name, the wrapper is left out. Ends where
 * the data ends.
 */
export function pathText(root: unknown, path: Path): string {
  let value = root;
  let text = '';
  for (const [depth, step] of path.entries()) {
    value = child(value, step);
    if (value === undefined) break;
    if (depth === 0 && WRAPPERS.some((wrapper) => wrapper === step)) continue;
    if (typeof step === 'number') text += `[${step}]${label(value)}`;
    else text += `${text === '' ? '' : '.'}${/^[A-Za-z0-9_-]{1,63}$/.test(step) ? step : quote(step)}`;
  }
  return text;
}

/** The value one step further in, or nothing where there is no such step. */
export function child(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function label(value: unknown): string {
  const name = child(value, 'id') ?? child(value, 'name');
  return typeof name === 'string' && NAME.test(name) ? ` (${name})` : '';
}
