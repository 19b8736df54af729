import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { ModeRule, ModeRules } from '../domain/mode.ts';
import type { Mode } from '../domain/submission.ts';

export type DecidedBy = 'class' | 'verb' | 'flag' | 'variable' | 'rule' | 'default_mode' | 'auto' | 'disabled';

/** Where a command is executed, and why. */
export interface Decision {
  readonly mode: Mode;
  readonly decidedBy: DecidedBy;
  /** Only where a rule decided. */
  readonly rule?: ModeRule | undefined;
  /** Where that which decided was said: `PATH:LINE`, a variable, a flag, `built in`; `null` for what a verb is by nature. */
  readonly place: string | null;
  /** One sentence. */
  readonly because: string;
  /** The rule that a flag beat: say so once on stderr. */
  readonly overridden?: ModeRule | undefined;
  /** The command must not be executed at all. */
  readonly refused?: Failure | undefined;
  /** Whether it may be done directly when it is proven that the orchestrator has not accepted it. */
  readonly fallbackAllowed: boolean;
}

export type Reasons = Pick<Decision, 'decidedBy' | 'place' | 'because' | 'rule' | 'overridden' | 'refused'>;

export const direct = (reasons: Reasons): Decision => ({ mode: 'direct', fallbackAllowed: false, ...reasons });

/** What asks for the orchestrator, and what to do where there may be none. */
export interface Demand extends Reasons {
  /** As it reads before "asks for it". */
  readonly who: string;
  /** How to do without; a clause. */
  readonly instead?: string | undefined;
  readonly fallbackAllowed: boolean;
}

export function orchestrated(demand: Demand, rules: ModeRules): Decision {
  const { who, instead, ...decision } = demand;
  const refused = rules.enabled.value ? undefined : turnedOff({ who, instead }, rules);
  return { mode: 'orchestrated', ...decision, refused };
}

function turnedOff({ who, instead }: Pick<Demand, 'who' | 'instead'>, { enabled }: ModeRules): Failure {
  const message = `The orchestrator is turned off (orchestrator.enabled = false, ${enabled.place}), but ${who} asks for it.`;
  const enable = 'set PROVISIONING_ORCHESTRATOR_ENABLED=true or orchestrator.enabled = true';
  const hint = instead === undefined ? enable : `${instead}, or ${enable}`;
  return failure('unavailable', message, { hint: `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.` });
}
