import { Command } from '@oclif/core/command';
import type { ArgInput, FlagInput, InferredArgs, InferredFlags } from '@oclif/core/interfaces';
import type { ModeExplanation } from '../src/routing/explain.ts';
import type { RouteParts } from '../src/dispatch/request.ts';
import type { Services } from '../src/dispatch/services.ts';
import type { Failure } from '../src/domain/failure.ts';
import { err, ok } from '../src/domain/result.ts';
import { warning } from '../src/presentation/notice.ts';
import type { Result } from '../src/domain/result.ts';
import type { Mode } from '../src/domain/submission.ts';
import type { Outcome } from './answer.ts';
import { COMMON_FLAGS } from './common-flags.ts';
import type { Context, ContextConfig } from './context.ts';
import { nounAndVerb } from './entry.ts';
import type { Example } from './entry.ts';
import { deliver, printFlagsIn } from './print.ts';
import { usageFailure } from './usage.ts';

export type Explained = Result<ModeExplanation, readonly Failure[]>;

/**
 * What all verbs have in common: flags are parsed, `--explain-mode` is answered, and the outcome, good or bad, is
 * printed in one voice. A verb itself only says what its flags mean.
 */
export abstract class ProvisioningCommand extends Command {
  static override baseFlags = COMMON_FLAGS;
  static override flags: FlagInput = {};
  static override examples: Example[] = [];

  protected flags!: InferredFlags<typeof COMMON_FLAGS>;
  #args: unknown;

  protected abstract execute(): Promise<Outcome>;

  /** Resolves to the exit code. Rejects for bugs only. */
  override async run(): Promise<number> {
    const problem = await this.#parse();
    if (problem !== undefined)
      return deliver(printFlagsIn(this.argv), this.context, () => Promise.resolve(err([problem])));
    return deliver(this.flags, this.context, () => (this.flags['explain-mode'] ? this.#explain() : this.execute()));
  }

  /** The values of flags beyond the common ones; `definition` is (part of) the class's own `flags`. */
  protected flagsOf<F extends FlagInput>(_definition: F): InferredFlags<F> {
    return this.flags as unknown as InferredFlags<F>;
  }

  /** `definition` is the class's own `args`. */
  protected argsOf<A extends ArgInput>(_definition: A): InferredArgs<A> {
    return this.#args as InferredArgs<A>;
  }

  protected get context(): Context {
    return (this.config as ContextConfig).context;
  }

  /** Warnings of the configuration go to stderr, once. */
  protected services(workspace = this.flags.workspace): Promise<Result<Services, readonly Failure[]>> {
    return this.context.services({ workspace, quiet: this.flags.quiet });
  }

  protected routeParts(): RouteParts {
    const { entry } = this.context;
    return { ...nounAndVerb(entry), class: entry.class, flag: this.#modeFlag() };
  }

  /** How many targets the command has, for verbs whose mode may depend on it. */
  protected async explainWith(services: Services): Promise<Explained> {
    const { explainRequest } = await import('../src/dispatch/explain.ts');
    return explainRequest(services, { route: this.routeParts() });
  }

  /** Mode rules that match no command are said on stderr, and returned. */
  protected async ruleWarnings({ configuration }: Services): Promise<readonly string[]> {
    const { ruleWarnings } = await import('../src/dispatch/rule-warnings.ts');
    const { registry, terminal } = this.context;
    const names = registry.map(({ name }) => name);
    const warnings = ruleWarnings(configuration, names);
    if (!this.flags.quiet) for (const text of warnings) terminal.note(warning(text));
    return warnings;
  }

  async #parse(): Promise<Failure | undefined> {
    const { flags, args, strict } = this.ctor;
    try {
      const parsed = await this.parse({ flags, baseFlags: COMMON_FLAGS, args, strict });
      this.flags = parsed.flags as InferredFlags<typeof COMMON_FLAGS>;
      this.#args = parsed.args;
      return undefined;
    } catch (error) {
      const known = [...Object.keys(COMMON_FLAGS), ...Object.keys(flags)];
      return usageFailure(error, { command: this.context.entry.name, flags: known });
    }
  }

  async #explain(): Promise<Outcome> {
    const services = await this.services();
    if (!services.ok) return services;
    await this.ruleWarnings(services.value);
    const explained = await this.explainWith(services.value);
    if (!explained.ok) return explained;
    const { text, ...data } = explained.value;
    return ok({ json: () => data, text: () => `${text}\n`, quiet: () => `${data.mode}\n` });
  }

  #modeFlag(): Mode | undefined {
    if (this.flags.direct) return 'direct';
    return this.flags.orchestrated ? 'orchestrated' : undefined;
  }
}
