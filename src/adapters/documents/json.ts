import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Document, Path } from '../../ports/definitions.ts';
import { scanJson } from './json-scan.ts';
import type { JsonNode } from './json-scan.ts';
import { positionsOf } from '../../config/position.ts';
import { textProblem } from './problem.ts';

export function readJson(file: string, text: string): Result<Document, readonly Failure[]> {
  const scan = scanJson(text);
  if ('message' in scan) return err([textProblem({ file, text }, positionsOf(text)(scan.at), scan.message)]);
  let lineAt: ReturnType<typeof positionsOf> | undefined;
  return ok({
    file,
    value: JSON.parse(text) as unknown,
    locate(path) {
      lineAt ??= positionsOf(text);
      return { file, ...lineAt(offsetOf(scan, path)) };
    },
  });
}

function offsetOf(root: JsonNode, path: Path): number {
  let node = root;
  for (const step of path) {
    const inner = typeof step === 'number' ? node.items?.[step] : node.members?.get(step);
    if (inner === undefined) break;
    node = inner;
  }
  return node.start;
}
