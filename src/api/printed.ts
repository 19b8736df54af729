import { z } from 'zod';
import { compatibility } from './compat-document.ts';
import { validWorkflow } from './definition-document.ts';
import { doctorDocument } from './doctor.ts';
import { errorDocument, eventDocument } from './documents.ts';
import * as program from './program-documents.ts';
import * as responses from './responses.ts';
import * as templates from './template-documents.ts';
import * as views from './views.ts';
import { whyDocument } from './why.ts';

/** Work that was waited for, or that goes on. */
const work = z.union([responses.run, program.handedOver]);
const steered = z.union([responses.steered, work]);
/** With `--drift`, the run that compared. */
const shown = z.union([responses.resources, work]);

/**
 * What each command prints with `--json` when it has not failed: the only description, from which the types that commands
 * must meet and the published schemas are made. Import it for its type only where a command starts: zod takes its time.
 */
export const PRINTED = {
  'server create': work,
  'server delete': work,
  'server list': responses.resources,
  'server show': shown,
  'taskserv create': work,
  'taskserv delete': work,
  'taskserv list': responses.resources,
  'taskserv show': shown,
  'cluster create': work,
  'cluster delete': work,
  'cluster list': responses.resources,
  'cluster show': responses.resources,
  'app deploy': work,
  'app remove': work,
  'app list': responses.resources,
  'app show': responses.resources,
  'workflow submit': work,
  'workflow run': work,
  'workflow status': responses.run,
  'workflow monitor': work,
  'workflow list': responses.runs,
  'workflow validate': validWorkflow,
  'workflow graph': views.graphDocument,
  'workflow show': views.shownRun,
  'workflow diff': views.runDiff,
  'workflow events': z.union([program.eventsHead, eventDocument]),
  'workflow why': whyDocument.extend({ sentence: z.string(), hints: z.array(z.string()) }),
  'workflow logs': program.outputs,
  'workflow cancel': z.union([program.cancelled, work]),
  'workflow pause': responses.steered,
  'workflow resume': steered,
  'workflow retry': steered,
  'workflow rollback': z.union([responses.rollback, work]),
  'workflow resolve': steered,
  'orchestrator status': responses.status,
  'orchestrator start': program.broughtUp,
  'orchestrator stop': program.broughtDown,
  'orchestrator restart': program.broughtUp,
  'orchestrator logs': program.logEntry,
  'orchestrator doctor': doctorDocument,
  'orchestrator install': program.serviceChange,
  'orchestrator uninstall': program.serviceChange,
  'orchestrator run': program.left,
  'orchestrator resume': program.lifted,
  'orchestrator gc': program.garbage,
  'config show': z.union([program.settings, program.settingsWithOrigins]),
  'config explain': program.keyExplanation,
  'config validate': program.validConfiguration,
  'workspace init': program.scaffold,
  'template list': templates.list,
  'template show': templates.shown,
  'template render': templates.rendered,
  'compat check': compatibility,
  explain: program.explanations,
  man: z.object({ page: z.string().describe('In roff.') }),
  completion: z.object({ shell: z.enum(['bash', 'zsh', 'fish', 'nushell']), script: z.string() }),
  schema: z.union([z.array(z.string()), z.looseObject({ $schema: z.string(), title: z.string() })]),
  env: program.environment,
  version: program.version,
  help: program.help,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** Of every command. */
export const PRINTED_BY_ALL = { error: errorDocument, 'explain-mode': program.modeExplanation } as const;

/** These print a record a line (NDJSON), each of which meets the schema, instead of one document. */
export const PRINTED_IN_LINES: ReadonlySet<string> = new Set(['workflow events', 'orchestrator logs']);

type Table = typeof PRINTED & typeof PRINTED_BY_ALL;

/** What a command may print with `--json`. */
export type Printed = { readonly [Name in keyof Table]: ReadonlyDeep<z.infer<Table[Name]>> }[keyof Table];

type ReadonlyDeep<T> = T extends readonly (infer Element)[]
  ? readonly ReadonlyDeep<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> }
    : T;
