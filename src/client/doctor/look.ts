import { readFileSync, readdirSync } from 'node:fs';

/** Names in a folder, in order; none where it cannot be read. What the doctor cannot see is no finding. */
export function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

export function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
