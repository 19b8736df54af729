import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseToml } from '../config/toml.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import { quote } from '../workflow/quote.ts';
import type { Services } from './services.ts';

export interface TemplateEntry {
  readonly kind: 'taskserv' | 'workflow' | 'workspace' | 'template';
  /** What commands and workflows call it. */
  readonly name: string;
  readonly summary: string;
  /** File or folder, absolute. */
  readonly path: string;
}

/** What may be begun with: of what is shipped, and the workspace's own taskservs. */
export async function listTemplates(services: Services): Promise<Result<readonly TemplateEntry[], readonly Failure[]>> {
  const [folder, templates] = [await services.templatesFolder(), await services.templates()];
  if (!folder.ok) return err([folder.error]);
  if (!templates.ok) return err([templates.error]);
  const at = (path: string): string => join(folder.value, path);
  const own = join(services.configuration.workspace.root, 'taskservs');
  const rendered = (await templates.value.names()).map((name) => renderable(folder.value, name));
  const found = await Promise.all([taskservs(at('taskservs')), taskservs(own), workflows(at('workflows'))]);
  const workspace = { kind: 'workspace', name: 'workspace', summary: WORKSPACE, path: at('workspace') } as const;
  return ok([...found.flat(), workspace, ...(await Promise.all(rendered)).flat()]);
}

/** One of them with its text: the file, of a taskserv its manifest, of another folder the names of what lies in it. */
export async function showTemplate(
  services: Services,
  name: string,
): Promise<Result<TemplateEntry & { readonly text: string }, readonly Failure[]>> {
  const listed = await listTemplates(services);
  if (!listed.ok) return listed;
  const found = listed.value.find((entry) => entry.name === name);
  if (found === undefined) {
    const hint =
      didYouMean(
        name,
        listed.value.map((entry) => entry.name),
      ) ?? 'See: provisioning template list.';
    return err([failure('not_found', `there is no template ${quote(name)}`, { hint })]);
  }
  const text = (await textOf(found.path)) ?? (await textOf(join(found.path, 'manifest.toml')));
  return ok({ ...found, text: text ?? (await namesIn(found.path)) });
}

async function namesIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
  return files
    .toSorted()
    .map((file) => `${file}\n`)
    .join('');
}

const WORKSPACE = 'What workspace init lays out';
const IN_LIBRARY = 'Carried out by the library itself, with templates of this name';

async function taskservs(folder: string): Promise<readonly TemplateEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.toSorted().map(async (name): Promise<TemplateEntry> => {
      const path = join(folder, name);
      return { kind: 'taskserv', name, summary: summaryIn(await textOf(join(path, 'manifest.toml'))), path };
    }),
  );
}

/** The `summary` of a manifest. One that is not sound is told of by what uses it. */
function summaryIn(manifest: string | undefined): string {
  if (manifest === undefined) return IN_LIBRARY;
  const parsed = parseToml(manifest);
  const summary = parsed.ok ? parsed.value.entries.get('summary')?.node : undefined;
  return summary?.kind === 'text' ? summary.value : '';
}

/** A workflow says what it is for in its first line. */
async function workflows(folder: string): Promise<readonly TemplateEntry[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ncl')).toSorted();
  return Promise.all(
    files.map(async (file): Promise<TemplateEntry> => {
      const path = join(folder, file);
      const [, summary = ''] = /^#\s*(.*?)\.?\s*$/m.exec((await textOf(path)) ?? '') ?? [];
      return { kind: 'workflow', name: file.slice(0, -'.ncl'.length), summary, path };
    }),
  );
}

/** A template that has a schema beside it is for users, and says there what it is for; others are the program's own. */
async function renderable(folder: string, name: string): Promise<readonly TemplateEntry[]> {
  const text = await textOf(join(folder, `${name.replace(/\.[a-z]+$/, '')}.schema.json`));
  if (text === undefined) return [];
  const schema: unknown = JSON.parse(text);
  const comment = isRecord(schema) ? schema['$comment'] : undefined;
  const summary = typeof comment === 'string' ? comment : '';
  return [{ kind: 'template', name, summary, path: join(folder, `${name}.j2`) }];
}

/** `undefined`: there is no such file. */
const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
