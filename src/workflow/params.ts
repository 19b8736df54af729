import { RESOURCE_KINDS } from '../domain/resource.ts';
import type { JsonRecord } from '../domain/json.ts';
import type { Path } from '../ports/definitions.ts';
import { child } from './document.ts';
import { Fields } from './fields.ts';
import { checkHostApp } from './host-app.ts';
import { checkKnown } from './known-params.ts';
import { describe, quote } from './quote.ts';
import { checkServer } from './server.ts';
import { isTemplate, templatesIn } from './template.ts';

/** Types that need no library. */
export const BUILT_IN_TYPES = ['command.run', 'nushell.run'] as const;

/** The parameters of an operation, checked, with its defaults filled in; `id` is what a resource's name defaults to. */
export function readParams(fields: Fields, type: string | undefined, id: string): JsonRecord {
  const params = fields.json('params', 'Write params = { … }.');
  if (type === undefined || params === undefined) return params ?? {};
  const path = fields.pathOf('params');
  if (templatesIn(params).next().done === true) checkParams(type, new Fields({ report: fields.report, path }, params));
  else checkTemplates(type, new Fields({ report: fields.report, path }, params), params);
  checkKnown(fields.report, { type, params, path });
  return withDefaults(type, id, params);
}

/** What uses a result may be anything; it is checked when the task starts. */
function checkTemplates(type: string, fields: Fields, params: JsonRecord): void {
  const skips = (path: Path): boolean =>
    isTemplate(path.slice(fields.path.length).reduce<unknown>((value, step) => child(value, step), params));
  const report = fields.report.without(skips);
  checkParams(type, new Fields({ report, path: fields.path }, params));
  fields.report.failures.push(...report.failures);
  for (const key of NEEDED_EARLY.get(nounOf(type)) ?? [])
    if (templatesIn(params[key]).next().done !== true)
      fields.fail(key, `"${key}" must be known before the task starts`, 'Write it out, without the result of a task.');
}

/** What an operation changes is held before it starts, so that no two of them work on it at the same time. */
const NEEDED_EARLY: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...RESOURCE_KINDS.map((kind): [string, readonly string[]] => [kind, ['name']]),
  ['cluster', ['name', 'taskservs']],
]);

/** Reports what is wrong with the parameters of a type that we know. What providers and libraries add stays as it is. */
export function checkParams(type: string, params: Fields): void {
  RULES.get(type)?.(params);
  RULES.get(nounOf(type))?.(params);
}

/** Fills in what defaults to the operation's id: the resource's name, and the cluster that kubernetes makes. */
export function withDefaults(type: string, id: string, params: JsonRecord): JsonRecord {
  if (!RESOURCE_KINDS.some((kind) => kind === nounOf(type))) return params;
  const named = { ...params, name: params['name'] ?? id };
  if (type !== 'taskserv.create' || named.name !== 'kubernetes') return named;
  return { ...named, cluster: params['cluster'] ?? id };
}

export const nounOf = (type: string): string => type.slice(0, type.indexOf('.'));

const RULES: ReadonlyMap<string, (params: Fields) => void> = new Map(
  Object.entries({
    'command.run': commandRun,
    'nushell.run': nushellRun,
    server: (params) => {
      params.name('name');
      checkServer(params);
    },
    taskserv: (params) => {
      params.name('name');
      params.names('servers');
      params.name('cluster');
    },
    cluster: (params) => {
      params.name('name');
      params.names('servers');
      params.names('taskservs');
    },
    app: (params) => {
      params.name('name');
      params.name('cluster');
      params.text('image');
      params.integer('replicas', { min: 0, max: 100_000 });
      params.integer('port', { min: 1, max: 65_535 });
      checkEnvironment(params);
      checkHostApp(params);
    },
  } satisfies Record<string, (params: Fields) => void>),
);

function commandRun(params: Fields): void {
  params.only(['argv', 'env', 'cwd', 'servers']);
  checkArguments(params);
  const servers = params.names('servers');
  if (servers?.length === 0)
    params.fail('servers', '"servers" names no server', 'Leave it out to run on this machine.');
  checkEnvironment(params);
  const cwd = params.value('cwd');
  if (cwd !== undefined) checkText(params, ['cwd'], cwd);
  if (cwd === '') params.fail('cwd', '"cwd" is empty', 'Leave it out to run in the root of the workspace.');
}

/** `argv`, which begins with a program. */
export function checkArguments(params: Fields): void {
  const hint = 'Write the program and its arguments one by one: argv = ["echo", "hello"].';
  const argv = params.list('argv', 'a list of strings', hint);
  if (params.value('argv') === undefined) params.missing('argv', hint);
  if (argv !== undefined && (argv.length === 0 || argv[0] === '')) params.fail('argv', '"argv" names no program', hint);
  for (const [index, value] of argv?.entries() ?? []) checkText(params, ['argv', index], value);
}

/** Each segment begins with a letter, digit or underscore: nothing absolute, nothing upwards. */
const MODULE = /^(?:\w[\w.-]*\/)*\w[\w.-]*\.nu$/;
const FUNCTION = /^[a-z][a-z0-9-]*$/;

function nushellRun(params: Fields): void {
  params.only(['module', 'function', 'args']);
  checkFunction(params);
  params.record('args');
}

/** `module` and `function`, which name a function of the workspace's own. */
export function checkFunction(params: Fields): void {
  matching(params, 'module', MODULE, 'A path inside the library, such as "dns/update.nu".');
  matching(params, 'function', FUNCTION, 'Lower-case letters, digits and "-", such as "update-dns".');
}

function matching(params: Fields, key: string, pattern: RegExp, hint: string): void {
  const value = params.value(key);
  if (value === undefined) params.missing(key, hint);
  else if (typeof value !== 'string' || value.length > 255 || !pattern.test(value))
    params.fail(key, `${describe(value)} is no ${key}`, hint);
}

function checkEnvironment(params: Fields): void {
  for (const [name, value] of Object.entries(params.record('env') ?? {})) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      params.report.fail([...params.pathOf('env'), name], `${quote(name)} is no name of a variable`);
    else checkText(params, ['env', name], value);
  }
}

function checkText(params: Fields, [key, step]: readonly [string, (string | number)?], value: unknown): void {
  const path = step === undefined ? params.pathOf(key) : [...params.pathOf(key), step];
  const name = step === undefined ? key : typeof step === 'number' ? `${key}[${step}]` : `${key}.${step}`;
  const shown = name.length > 80 ? key : name;
  if (typeof value !== 'string')
    params.report.fail(path, `"${shown}" must be a string; found ${describe(value)}`, QUOTED);
  else if (value.includes('\0')) params.report.fail(path, `"${shown}" contains a NUL character`);
}

const QUOTED = 'Put it in quotes.';
