import type { RouteHandler } from '@hono/zod-openapi';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { COMMAND_PATHS, IDEMPOTENCY_KEY } from '../../api/paths.ts';
import type { Envelope } from '../../api/requests.ts';
import { readSubmission } from '../../api/requests.ts';
import type * as routes from '../../api/routes.ts';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Workflow } from '../../domain/workflow.ts';
import type { Entrance, HttpEnv } from '../http-env.ts';
import { shrink } from '../shrink.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

/** `POST /workflows`. Answers when the run is recorded durably. */
export const submitWorkflow =
  (service: Service): RouteHandler<typeof routes.submitWorkflow, HttpEnv> =>
  async (c) => {
    const read = readSubmission(c.req.valid('json'));
    if (!read.ok) return problem(c, read.error);
    const workspace = await workspaceOf(service, read.value.workspace, c.env.entrance);
    if (!workspace.ok) return problem(c, workspace.error);
    const pools = new Set(Object.keys(read.value.settings?.pools ?? service.defaults.settings.pools));
    const workflow = await service.planner.definition(read.value.workflow, workspace.value, pools);
    if (!workflow.ok) return problem(c, workflow.error);
    const key = c.req.valid('header')[IDEMPOTENCY_KEY];
    const said = { ...read.value, parent: c.get('task') ?? read.value.parent };
    const accepted = accept(service, { workflow: workflow.value, workspace: workspace.value, key, said });
    return accepted.ok ? c.json(accepted.value, 202) : problem(c, accepted.error);
  };

/** `POST /workflows/servers/create` and its like. */
export const submitCommand =
  (service: Service): RouteHandler<(typeof routes.commands)[number], HttpEnv> =>
  async (c) => {
    const body = c.req.valid('json');
    const workspace = await workspaceOf(service, body.workspace, c.env.entrance);
    if (!workspace.ok) return problem(c, workspace.error);
    const type = commandOf(c.req.path);
    const workflow = await service.planner.command(type, body, { workspace: workspace.value, task: c.get('task') });
    if (!workflow.ok) return problem(c, workflow.error);
    const key = c.req.valid('header')[IDEMPOTENCY_KEY];
    const said = { parent: c.get('task') };
    const accepted = accept(service, { workflow: workflow.value, workspace: workspace.value, key, said });
    return accepted.ok ? c.json(accepted.value, 202) : problem(c, accepted.error);
  };

function commandOf(path: string): (typeof COMMAND_PATHS)[keyof typeof COMMAND_PATHS] {
  const found = Object.entries(COMMAND_PATHS).find(([known]) => path.endsWith(known));
  if (found === undefined) throw new Error(`Internal error: ${path} is routed, but no command`);
  return found[1];
}

/** A real path: the inventory is keyed by it. */
async function workspaceOf(
  service: Service,
  path: string | undefined,
  entrance: Entrance,
): Promise<Result<string, Failure>> {
  if (path === undefined) return ok(service.defaults.workspace);
  if (entrance.kind !== 'socket')
    return err(failure('forbidden', 'a workspace is read for callers on the socket only; send the definitions'));
  if (!isAbsolute(path)) return err(failure('usage', `workspace ${JSON.stringify(path)} is no absolute path`));
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return ok(real);
  } catch {
    // Said below.
  }
  return err(failure('usage', `workspace ${JSON.stringify(path)} is no folder that the orchestrator can read`));
}

/** What its text left behind is more than all that is kept of it. */
const LARGE = 10_000;

interface Asked {
  readonly workflow: Workflow;
  readonly workspace: string;
  readonly key: string | undefined;
  readonly said: Pick<Envelope, 'environment' | 'settings' | 'credentials' | 'source' | 'parent'>;
}

function accept({ engine, defaults, newKey, log }: Service, { workflow, workspace, key, said }: Asked) {
  const { environment, settings, credentials, source, parent } = said;
  const submission = {
    key: key ?? newKey(),
    workflow,
    workspace,
    mode: 'orchestrated' as const,
    fallback: null,
    source,
    parent,
    environment: environment ?? defaults.environment,
    settings: {
      task_timeout_seconds: settings?.task_timeout_seconds ?? defaults.settings.task_timeout_seconds,
      env_vars: settings?.env_vars ?? defaults.settings.env_vars,
      pools: settings?.pools ?? defaults.settings.pools,
    },
  };
  const accepted = engine.submit(submission, credentials);
  if (!accepted.ok) return accepted;
  const { id, created } = accepted.value;
  if (workflow.operations.length >= LARGE) setImmediate(shrink);
  if (created) log.write('accepted', { workflow_id: id, name: workflow.name, operations: workflow.operations.length });
  return ok({ workflow_id: id, status: 'queued' as const });
}
