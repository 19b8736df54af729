import * as Flags from '@oclif/core/flags';
import { exitCodeOf } from '../../src/domain/failure.ts';
import { err, ok } from '../../src/domain/result.ts';
import { doctorText } from '../../src/presentation/doctor.ts';
import { lines } from '../answer.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const DOCTOR_FLAGS = { fix: Flags.boolean({ description: 'mend what is safe to mend' }) };

export default class OrchestratorDoctor extends ProvisioningCommand {
  static override flags = DOCTOR_FLAGS;
  static override examples = [
    {
      description: 'What is wrong with the orchestrator and around it (exit code 7 if something is)',
      command: 'provisioning orchestrator doctor',
    },
    { description: 'Mend it', command: 'provisioning orchestrator doctor --fix' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { configuration, paths } = services.value;
    const client = await services.value.client();
    if (!client.ok) return err([client.error]);
    const company = await services.value.company();
    const [{ observe }, { examine }, { misfitIn }] = await Promise.all([
      import('../../src/client/doctor/observe.ts'),
      import('../../src/client/doctor/examine.ts'),
      import('../../src/presentation/compat.ts'),
    ]);
    const misfits = company.ok ? [misfitIn(company.value)].filter((misfit) => misfit !== undefined) : company.error;
    const facts = await observe({
      misfits,
      paths,
      env: configuration.environment.variables,
      version: this.context.version,
      client: client.value,
      reads: await services.value.reads(),
      store: await services.value.storeState(),
      timeoutMs: configuration.settings.orchestrator.timeout_seconds * 1000,
    });
    const report = await examine(facts, this.flagsOf(DOCTOR_FLAGS));
    return ok({
      exit: report.healthy ? 0 : exitCodeOf('differs'),
      json: () => report,
      text: (style) => doctorText(report, style),
      quiet: () => lines(report.findings.map(({ code }) => code)),
    });
  }
}
