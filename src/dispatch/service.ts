import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serviceFiles } from '../client/service-file.ts';
import type { ServiceFiles } from '../client/service-file.ts';
import { socketPlace } from '../client/socket-path.ts';
import { makeFolder } from '../config/make-folder.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Services } from './services.ts';

/** What was done to the files of a service, and what is left for the user to do. */
export interface ServiceChange {
  /** The one that names the program. */
  readonly file: string;
  /** All of them. */
  readonly files: readonly string[];
  readonly changed: boolean;
  /** Commands, as typed. */
  readonly next: readonly string[];
}

/** Writes the service's files. Turning it on is the system's: which commands do it is in the answer. */
export async function installService(
  services: Services,
  ofUser: boolean,
): Promise<Result<ServiceChange, readonly Failure[]>> {
  const service = await describe(services, ofUser);
  if (!service.ok) return err([service.error]);
  const templates = await services.templates();
  if (!templates.ok) return err([templates.error]);
  let changed = false;
  for (const { path, template, values } of service.value.files) {
    const text = await templates.value.render(template, values);
    if (!text.ok) return err([text.error]);
    if (existsSync(path) && readFileSync(path, 'utf8') === text.value) continue;
    const problem = write(path, text.value);
    if (problem !== undefined) return err([unwritable(path, problem, ofUser)]);
    changed = true;
  }
  return ok({ ...pathsOf(service.value), changed, next: service.value.turnOn });
}

/** Takes the files away. One that runs goes on until it is turned off. */
export async function uninstallService(
  services: Services,
  ofUser: boolean,
): Promise<Result<ServiceChange, readonly Failure[]>> {
  const service = await describe(services, ofUser);
  if (!service.ok) return err([service.error]);
  const there = service.value.files.filter(({ path }) => existsSync(path));
  for (const { path } of there)
    try {
      rmSync(path);
    } catch (error) {
      return err([unwritable(path, error, ofUser)]);
    }
  const changed = there.length > 0;
  return ok({ ...pathsOf(service.value), changed, next: changed ? service.value.turnOff : [] });
}

function pathsOf({ files }: ServiceFiles): Pick<ServiceChange, 'file' | 'files'> {
  return { file: files[0].path, files: files.map(({ path }) => path) };
}

function write(path: string, text: string): unknown {
  try {
    makeFolder(dirname(path), 0o777);
    writeFileSync(path, text, { mode: 0o644, flush: true });
    return undefined;
  } catch (error) {
    return error;
  }
}

async function describe(services: Services, ofUser: boolean): Promise<Result<ServiceFiles, Failure>> {
  const { configuration, paths } = services;
  const { variables, home } = configuration.environment;
  const service = serviceFiles({
    ofUser,
    home,
    program: await services.program(),
    dataDir: paths.dataDir,
    socket: socketPlace(paths.dataDir, process.getuid?.() ?? -1).path,
    platform: process.platform,
    configHome: variables['XDG_CONFIG_HOME'] || join(home, '.config'),
    systemRoot: (variables['PROVISIONING_SYSTEM_ROOT'] ?? '').replace(/\/$/, ''),
  });
  if (service !== undefined) return ok(service);
  const hint = 'Have your system run: provisioning orchestrator run';
  return err(failure('unavailable', `there is no kind of service for ${process.platform}`, { hint }));
}

function unwritable(path: string, error: unknown, ofUser: boolean): Failure {
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const hint = ofUser ? 'Mend the folder.' : 'Do it as root, or for yourself: provisioning orchestrator install --user';
  return failure('config_invalid', `${path} cannot be changed (${why})`, { hint });
}
