import type { Mode } from '../domain/submission.ts';
import type { DecidedBy, Decision } from './decision.ts';
import { commandName } from './request.ts';
import type { RouteRequest } from './request.ts';

/** The data of `--explain-mode`. */
export interface ModeExplanation {
  readonly command: string;
  readonly mode: Mode;
  readonly decided_by: DecidedBy;
  /** The pattern, where a rule decided. */
  readonly rule: string | null;
  readonly list: 'force_direct' | 'force_orchestrated' | null;
  /** `PATH:LINE` of what decided (of the element, in an array), a variable, a flag, `built in`, or `null`. */
  readonly place: string | null;
  readonly fallback_to_direct: boolean;
  /** Why the command would not be executed at all. */
  readonly refused: string | null;
  /** All of it in a few sentences. */
  readonly text: string;
}

export function explainMode(request: RouteRequest, decision: Decision): ModeExplanation {
  return {
    command: commandName(request),
    mode: decision.mode,
    decided_by: decision.decidedBy,
    rule: decision.rule?.pattern ?? null,
    list: decision.rule?.list ?? null,
    place: decision.place,
    fallback_to_direct: decision.fallbackAllowed,
    refused: decision.refused?.message ?? null,
    text: text(request, decision),
  };
}

/** The sentence for stderr when a flag beats a rule; nothing otherwise. */
export function overriding({ place, overridden }: Decision): string | undefined {
  if (overridden === undefined) return undefined;
  return `${place} overrides the rule "${overridden.pattern}" of ${overridden.list} (${overridden.place}).`;
}

function text(request: RouteRequest, decision: Decision): string {
  const sentences = [`"${commandName(request)}" is ${decision.mode}: ${decision.because}.`];
  const isDeaf = decision.decidedBy === 'class' && request.flag !== undefined && request.flag !== decision.mode;
  if (isDeaf) sentences.push(`--${request.flag} does not change that.`);
  const overrides = overriding(decision);
  if (overrides !== undefined) sentences.push(overrides);
  if (decision.fallbackAllowed) sentences.push('If the orchestrator cannot be reached, it is done directly.');
  if (decision.refused !== undefined) sentences.push(`It would be refused: ${decision.refused.message}`);
  return sentences.join(' ');
}
