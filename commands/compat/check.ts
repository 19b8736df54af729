import type { Part } from '../../src/api/compatibility.ts';
import type { Services } from '../../src/dispatch/services.ts';
import { exitCodeOf } from '../../src/domain/failure.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { Result } from '../../src/domain/result.ts';
import { compatibilityOf, compatText, remotePart } from '../../src/presentation/compat.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

export default class CompatCheck extends ProvisioningCommand {
  static override examples = [
    {
      description: 'Whether this program, its library and the orchestrator fit (exit code 75 if not)',
      command: 'provisioning compat check',
    },
    { description: 'For a script', command: 'provisioning compat check --json' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const company = await services.value.company();
    if (!company.ok) return company;
    const remote = await remoteOf(services.value);
    if (!remote.ok) return err([remote.error]);
    const report = compatibilityOf(company.value, remote.value);
    const misfits = report.checks.filter(({ status }) => status === 'incompatible');
    return ok({
      exit: report.compatible ? 0 : exitCodeOf('incompatible'),
      json: () => report,
      text: (style) => compatText(report, style),
      quiet: () => lines([...new Set(misfits.map(({ other }) => other.component))]),
    });
  }
}

/** Of this machine's own orchestrators, each is judged by the command that meets it: by protocol, and replaced if idle. */
async function remoteOf(services: Services): Promise<Result<Part | undefined, Failure>> {
  const { endpoint } = services.configuration.settings.orchestrator;
  if (endpoint === null) return ok(undefined);
  const connected = await services.client();
  if (!connected.ok) return connected;
  if (connected.value.kind === 'local') return ok(undefined);
  const status = await connected.value.status();
  return status.ok ? ok(remotePart(status.value, endpoint)) : status;
}
