import { readFile, writeFile } from 'node:fs/promises';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import type { JsonRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Services } from './services.ts';

export interface Rendering {
  readonly template: string;
  /** JSON files; without one, there are no values. */
  readonly values: readonly string[];
  /** As many as `values`, or none: then nothing is written. */
  readonly outputs: readonly string[];
  /** Without it, the schema beside the template holds. */
  readonly schema: string | undefined;
}

/** One text for each file of values. What does not meet its schema is not written, nor is anything after it. */
export async function renderAll(
  services: Services,
  { template, values, outputs, schema }: Rendering,
): Promise<Result<readonly string[], readonly Failure[]>> {
  const templates = await services.templates();
  if (!templates.ok) return err([templates.error]);
  const wanted = schema === undefined ? ok(undefined) : await readRecord(schema);
  if (!wanted.ok) return wanted;
  const texts: string[] = [];
  for (const [index, file] of (values.length === 0 ? [undefined] : values).entries()) {
    const data = file === undefined ? ok({}) : await readRecord(file);
    if (!data.ok) return data;
    const rendered = await templates.value.renderChecked(template, data.value);
    if (!rendered.ok) return rendered;
    const problems =
      wanted.value === undefined
        ? []
        : await templates.value.check(rendered.value, wanted.value, `${template} (rendered)`);
    if (problems.length > 0) return err(problems);
    const problem = await write(outputs[index], rendered.value);
    if (problem !== undefined) return err([problem]);
    texts.push(rendered.value);
  }
  return ok(texts);
}

async function readRecord(file: string): Promise<Result<JsonRecord, readonly Failure[]>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isRecord(value)) return ok(value as JsonRecord);
    return err([failure('usage', 'a JSON object is wanted here', { place: { file } })]);
  } catch (error) {
    return err([failure('usage', `cannot be read as JSON: ${(error as Error).message}`, { place: { file } })]);
  }
}

async function write(file: string | undefined, text: string): Promise<Failure | undefined> {
  if (file === undefined) return undefined;
  try {
    await writeFile(file, text);
    return undefined;
  } catch (error) {
    return failure('usage', `cannot be written: ${(error as Error).message}`, { place: { file } });
  }
}
