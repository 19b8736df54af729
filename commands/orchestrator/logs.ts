import * as Flags from '@oclif/core/flags';
import { exitCodeOf } from '../../src/domain/failure.ts';
import { ok } from '../../src/domain/result.ts';
import { logLine } from '../../src/presentation/log.ts';
import type { Outcome } from '../answer.ts';
import { ProvisioningCommand } from '../command.ts';

const LOGS_FLAGS = {
  follow: Flags.boolean({ char: 'f', exclusive: ['json-into'], description: 'go on with what happens, until Ctrl-C' }),
  tail: Flags.integer({ min: 0, default: 100, description: 'only the last N lines', helpValue: 'N' }),
};

export default class OrchestratorLogs extends ProvisioningCommand {
  static override flags = LOGS_FLAGS;
  static override examples = [
    { description: 'What it did last', command: 'provisioning orchestrator logs' },
    { description: 'What it does now', command: 'provisioning orchestrator logs -f' },
    { description: 'As NDJSON', command: 'provisioning orchestrator logs --json' },
  ];

  protected override async execute(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    const { lastEntries, followEntries } = await import('../../src/client/log-file.ts');
    const { log } = services.value.paths;
    const { follow, tail } = this.flagsOf(LOGS_FLAGS);
    const { terminal } = this.context;
    const style = terminal.style('out', this.flags['no-color']);
    const entries = lastEntries(log, tail);
    const raw = (): string => entries.map(({ line }) => `${line}\n`).join('');
    const text = (): string => entries.map((entry) => logLine(entry, style)).join('');
    if (!follow) return ok({ jsonLines: raw, text, quiet: raw });
    const bare = this.flags.json || this.flags.quiet;
    terminal.out(bare ? raw() : text());
    const enough = new AbortController();
    const stopListening = terminal.onInterrupt(() => {
      enough.abort();
    });
    await followEntries(
      log,
      (entry) => {
        terminal.out(bare ? `${entry.line}\n` : logLine(entry, style));
      },
      enough.signal,
    );
    stopListening();
    const nothing = (): string => '';
    return ok({ exit: exitCodeOf('interrupted'), jsonLines: nothing, text: nothing, quiet: nothing });
  }
}
