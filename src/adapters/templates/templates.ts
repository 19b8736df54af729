import { resolve } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { isRecord } from '../../domain/json.ts';
import type { JsonRecord } from '../../domain/json.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { didYouMean } from '../../domain/suggest.ts';
import type { Templates } from '../../ports/templates.ts';
import { loadEngine } from './engine.ts';
import type { Rendered } from './engine.ts';
import { readIfThere } from './files.ts';
import type { TemplateFiles } from './files.ts';

export interface TemplatesOptions {
  /** The bytes of `minijinja-js/dist/web/minijinja_js_bg.wasm`; asked at the first rendering. */
  readonly wasm: () => Promise<Uint8Array>;
  readonly files: TemplateFiles;
}

export function createTemplates({ wasm, files }: TemplatesOptions): Templates {
  let engine: Promise<Rendered> | undefined;
  const render: Templates['render'] = async (template, values) => {
    const source = await readSource(files, template);
    if (!source.ok) return source;
    engine ??= loadEngine(wasm);
    return (await engine)(source.value.file, source.value.text, values);
  };
  return {
    names: () => names(files),
    render,
    renderChecked: async (template, values) => {
      const rendered = await render(template, values);
      if (!rendered.ok) return err([rendered.error]);
      const failures = await checkBySchemaBeside(files, template, rendered.value);
      return failures.length === 0 ? rendered : err(failures);
    },
    check: async (yaml, schema, file) => (await import('./check.ts')).check(yaml, schema, file),
  };
}

const ENDING = '.j2';
const WITHOUT_PATH = 'A template that comes with this program is named without ./ and .j2.';

async function names(files: TemplateFiles): Promise<readonly string[]> {
  const templates = (await files.list()).filter((path) => path.endsWith(ENDING));
  return templates.map((path) => path.slice(0, -ENDING.length)).toSorted();
}

async function readSource(
  files: TemplateFiles,
  template: string,
): Promise<Result<{ file: string; text: string }, Failure>> {
  if (isPath(template)) {
    const file = resolve(template);
    const text = await readIfThere(file);
    return text === undefined
      ? err(failure('not_found', `there is no template file ${file}`, { hint: WITHOUT_PATH }))
      : ok({ file, text });
  }
  const known = await names(files);
  const text = known.includes(template) ? await files.read(template + ENDING) : undefined;
  return text === undefined ? err(unknownTemplate(template, known)) : ok({ file: template + ENDING, text });
}

const isPath = (template: string): boolean => /^(\.{0,2}[/\\]|[A-Za-z]:)/.test(template);

const unknownTemplate = (template: string, known: readonly string[]): Failure =>
  failure('not_found', `there is no template ${JSON.stringify(template.slice(0, 80))}`, {
    hint: didYouMean(template, known) ?? `Known: ${known.join(', ')}. A file is given as ./NAME.`,
  });

async function checkBySchemaBeside(files: TemplateFiles, template: string, text: string): Promise<readonly Failure[]> {
  const path = `${template.replace(/\.j2$/, '').replace(/\.ya?ml$/, '')}.schema.json`;
  const schema = await (isPath(template) ? readIfThere(resolve(path)) : files.read(path));
  if (schema === undefined) return [];
  const parsed = parseSchema(schema);
  if (parsed === undefined) return [failure('definition_invalid', 'not a JSON schema', { place: { file: path } })];
  return (await import('./check.ts')).check(text, parsed, `${template} (rendered)`);
}

function parseSchema(text: string): JsonRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? (parsed as JsonRecord) : undefined;
  } catch {
    return undefined;
  }
}
