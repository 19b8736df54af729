import { parseToml, plainToml } from '../../config/toml.ts';
import type { TomlNode } from '../../config/toml.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Document, Path } from '../../ports/definitions.ts';
import type { Position } from '../../config/position.ts';
import { textProblem } from './problem.ts';

export function readToml(file: string, text: string): Result<Document, readonly Failure[]> {
  const parsed = parseToml(text);
  if (!parsed.ok) return err([textProblem({ file, text }, parsed.error.at, parsed.error.message)]);
  const root = parsed.value;
  return ok({ file, value: plainToml(root), locate: (path) => ({ file, ...positionOf(root, path) }) });
}

/** The value, or its key where the value begins on a later line. */
function positionOf(root: TomlNode, path: Path): Position {
  let node = root;
  let at: Position = root.at;
  for (const step of path) {
    const entry = node.kind === 'table' && typeof step === 'string' ? node.entries.get(step) : undefined;
    const inner = node.kind === 'array' && typeof step === 'number' ? node.items[step] : entry?.node;
    if (inner === undefined) break;
    at = entry !== undefined && entry.key.line !== inner.at.line ? entry.key : inner.at;
    node = inner;
  }
  return { line: at.line, column: at.column };
}
