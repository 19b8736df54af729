import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serviceFile } from '../client/service-file.ts';
import type { ServiceFile } from '../client/service-file.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Services } from './services.ts';

/** What was done to the file of a service, and what is left for the user to do. */
export interface ServiceChange {
  readonly file: string;
  readonly changed: boolean;
  /** Commands, as typed. */
  readonly next: readonly string[];
}

/** Writes the service's file. Turning it on is the system's: which commands do it is in the answer. */
export async function installService(
  services: Services,
  ofUser: boolean,
): Promise<Result<ServiceChange, readonly Failure[]>> {
  const service = await describe(services, ofUser);
  if (!service.ok) return err([service.error]);
  const { path, template, values, turnOn } = service.value;
  const templates = await services.templates();
  if (!templates.ok) return err([templates.error]);
  const text = await templates.value.render(template, values);
  if (!text.ok) return err([text.error]);
  if (existsSync(path) && readFileSync(path, 'utf8') === text.value)
    return ok({ file: path, changed: false, next: turnOn });
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.value, { mode: 0o644, flush: true });
    return ok({ file: path, changed: true, next: turnOn });
  } catch (error) {
    return err([unwritable(path, error, ofUser)]);
  }
}

/** Takes the file away. One that runs goes on until it is turned off. */
export async function uninstallService(
  services: Services,
  ofUser: boolean,
): Promise<Result<ServiceChange, readonly Failure[]>> {
  const service = await describe(services, ofUser);
  if (!service.ok) return err([service.error]);
  const { path, turnOff } = service.value;
  if (!existsSync(path)) return ok({ file: path, changed: false, next: [] });
  try {
    rmSync(path);
    return ok({ file: path, changed: true, next: turnOff });
  } catch (error) {
    return err([unwritable(path, error, ofUser)]);
  }
}

async function describe(services: Services, ofUser: boolean): Promise<Result<ServiceFile, Failure>> {
  const { configuration, paths } = services;
  const { variables, home } = configuration.environment;
  const service = serviceFile({
    ofUser,
    home,
    program: await services.program(),
    dataDir: paths.dataDir,
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
