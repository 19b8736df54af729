import { findInfraFile } from '../config/infra-file.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Infra } from '../domain/infra.ts';
import { isRecord } from '../domain/json.ts';
import type { JsonRecord } from '../domain/json.ts';
import type { Priority } from '../domain/priority.ts';
import { RESOURCE_KINDS } from '../domain/resource.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { NAME } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';
import { placeText } from '../presentation/failure.ts';
import { warning } from '../presentation/notice.ts';
import { commandWorkflow } from '../workflow/command.ts';
import { validateInfra } from '../workflow/infra.ts';
import type { ActiveRun } from '../workflow/in-use.ts';
import { destroys } from '../workflow/request.ts';
import type { CommandRequest, InventoryEntry } from '../workflow/request.ts';
import { usesServices } from '../workflow/service-params.ts';
import { validateWorkflow } from '../workflow/validate.ts';
import type { Validated } from '../workflow/validate.ts';
import { parentTask } from './nested.ts';
import type { Services } from './services.ts';

/** The workflow of a command with a noun and a verb: reads the infra file, if there is one, and the inventory. */
export async function defineResources(
  services: Services,
  request: Omit<CommandRequest, 'definition' | 'inventory'>,
): Promise<Result<Workflow, readonly Failure[]>> {
  const definition = await readInfra(services, request.infra);
  if (!definition.ok) return definition;
  const inventory = await readInventory(services, request.infra);
  if (!inventory.ok) return inventory;
  const active = destroys(request.verb) ? await readActive(services, request.infra) : ok([]);
  if (!active.ok) return err([active.error]);
  return commandWorkflow({
    ...request,
    definition: definition.value,
    inventory: inventory.value,
    active: active.value,
  });
}

export interface Overrides {
  readonly infra?: string | undefined;
  readonly priority?: Priority | undefined;
}

/** A workflow file as it will be executed: flags come before what it says. Warnings go to stderr. `file` is absolute. */
export async function readWorkflow(
  services: Services,
  file: string,
  { infra, priority }: Overrides,
): Promise<Result<Workflow, readonly Failure[]>> {
  if (infra !== undefined && !NAME.test(infra))
    return err([
      failure('usage', `${JSON.stringify(infra.slice(0, 80))} is not the name of an infra`, {
        hint: 'A name has letters, digits, dots, dashes and underlines, and begins with a letter or digit.',
      }),
    ]);
  const validated = await validateFile(services, file);
  if (!validated.ok) return validated;
  const { workflow, warnings } = validated.value;
  for (const { message, place } of warnings) services.terminal.note(warning(`${message} (${placeText(place)})`));
  const operations =
    priority === undefined ? workflow.operations : workflow.operations.map((one) => ({ ...one, priority }));
  return ok({ ...workflow, operations, infra: infra ?? workflow.infra });
}

/** A workflow file, with all that is wrong with it. `file` is absolute. */
export async function validateFile(services: Services, file: string): Promise<Result<Validated, readonly Failure[]>> {
  const [definitions, library] = await Promise.all([services.definitions(), services.library()]);
  if (!library.ok) return err([library.error]);
  const [document, types] = await Promise.all([definitions.read(file), library.value.types()]);
  const pools = new Set(Object.keys(services.configuration.settings.pools));
  if (!document.ok) return document;
  const parameters = usesServices(document.value.value) ? await library.value.parameters() : undefined;
  return validateWorkflow(document.value, new Set(types), { pools, services: parameters });
}

async function readInfra(services: Services, infra: string): Promise<Result<Infra | undefined, readonly Failure[]>> {
  const file = findInfraFile(services.configuration.workspace.root, infra);
  if (!file.ok) return err([file.error]);
  if (file.value === undefined) return ok(undefined);
  const document = await (await services.definitions()).read(file.value);
  return document.ok ? validateInfra(document.value) : document;
}

async function readInventory(
  services: Services,
  infra: string,
): Promise<Result<readonly InventoryEntry[], readonly Failure[]>> {
  const reads = await services.reads();
  const workspace = services.configuration.workspace.root;
  const entries: InventoryEntry[] = [];
  for (const kind of RESOURCE_KINDS) {
    const found = await reads.resources({ workspace, kind, infra });
    if (!found.ok) return err([found.error]);
    entries.push(
      ...found.value.map(({ name, provider, definition }) => ({
        kind,
        name,
        provider,
        definition: record(definition),
      })),
    );
  }
  return ok(entries);
}

async function readActive(services: Services, infra: string): Promise<Result<readonly ActiveRun[], Failure>> {
  const { activeRuns } = await import('../compose/active-runs.ts');
  const workspace = services.configuration.workspace.root;
  return activeRuns(await services.reads(), { workspace, infra, askedBy: parentTask(services) });
}

/** What the store has is JSON. */
const record = (value: unknown): JsonRecord => (isRecord(value) ? (value as JsonRecord) : {});
