import { failure } from '../domain/failure.ts';
import type { ModeRule, ModeRules } from '../domain/mode.ts';
import type { Mode } from '../domain/submission.ts';
import { direct, orchestrated } from './decision.ts';
import type { Decision } from './decision.ts';
import { mostSpecific } from './match.ts';
import { commandName, ruleName } from './request.ts';
import type { RouteRequest } from './request.ts';

/**
 * Where a command is executed. Highest first: what the verb is by nature, the flag, `PROVISIONING_MODE`, the most
 * specific rule, `default_mode`, and `auto`, which looks at the request: one target without dependencies is direct.
 */
export const route = (request: RouteRequest, rules: ModeRules): Decision =>
  decideWithoutTargets(request, rules) ?? automatic(request, rules);

/** The same decision where it does not depend on `targets` and `dependencies`: then the infra need not be read. */
export function decideWithoutTargets(request: RouteRequest, rules: ModeRules): Decision | undefined {
  return (
    byNature(request, rules) ??
    byFlag(request, rules) ??
    byVariable(request, rules) ??
    (request.variable === 'auto' ? undefined : (byRule(request, rules) ?? byDefault(request, rules))) ??
    whateverTheTargets(request, rules)
  );
}

/** Reading and controlling are not routed; `workflow run` is direct by definition. */
function byNature(request: RouteRequest, rules: ModeRules): Decision | undefined {
  const command = commandName(request);
  if (request.class === 'read') {
    return direct({ decidedBy: 'class', place: null, because: `"${command}" only reads, and reading is direct` });
  }
  if (request.class === 'control' && request.orchestrator !== true) {
    return direct({
      decidedBy: 'class',
      place: null,
      because: `"${command}" controls work, and controlling is not routed`,
    });
  }
  if (request.class === 'control') return byVerb(request, rules);
  if (request.foreground !== true) return undefined;
  const because = `"${command}" runs in the foreground by definition`;
  const hint = 'Use "workflow submit" to hand it to the orchestrator.';
  const refused = failure('usage', `"${command}" runs in the foreground; --orchestrated contradicts it.`, { hint });
  return direct({
    decidedBy: 'verb',
    place: null,
    because,
    refused: request.flag === 'orchestrated' ? refused : undefined,
  });
}

function byFlag(request: RouteRequest, rules: ModeRules): Decision | undefined {
  const { flag } = request;
  if (flag === undefined) return undefined;
  const rule = ruleFor(request, rules);
  const overridden = rule !== undefined && modeOf(rule) !== flag ? rule : undefined;
  const reasons = { decidedBy: 'flag', place: `--${flag}`, because: `--${flag} says so`, overridden } as const;
  if (flag === 'direct') return direct(reasons);
  return orchestrated(
    { ...reasons, who: '--orchestrated', instead: 'leave the flag out', fallbackAllowed: false },
    rules,
  );
}

function byVariable({ variable }: RouteRequest, rules: ModeRules): Decision | undefined {
  if (variable === undefined || variable === 'auto') return undefined;
  const who = `PROVISIONING_MODE=${variable}`;
  const reasons = { decidedBy: 'variable', place: 'PROVISIONING_MODE', because: `${who} says so` } as const;
  if (variable === 'direct') return direct(reasons);
  return orchestrated({ ...reasons, who, instead: 'use --direct', fallbackAllowed: false }, rules);
}

function byRule(request: RouteRequest, rules: ModeRules): Decision | undefined {
  const rule = ruleFor(request, rules);
  if (rule === undefined) return undefined;
  const who = `the rule "${rule.pattern}" of ${rule.list} (${rule.place})`;
  const reasons = { decidedBy: 'rule', place: rule.place, rule, because: `${who} says so` } as const;
  if (modeOf(rule) === 'direct') return direct(reasons);
  return orchestrated(
    { ...reasons, who, instead: 'use --direct', fallbackAllowed: mayFallBack(request, rules) },
    rules,
  );
}

function byDefault(request: RouteRequest, rules: ModeRules): Decision | undefined {
  const { value, place } = rules.defaultMode;
  if (value === 'auto') return undefined;
  const who = `default_mode = "${value}" (${place})`;
  const reasons = { decidedBy: 'default_mode', place, because: `no rule matches, and ${who} says so` } as const;
  if (value === 'direct') return direct(reasons);
  return orchestrated(
    { ...reasons, who, instead: 'use --direct', fallbackAllowed: mayFallBack(request, rules) },
    rules,
  );
}

/** `auto`, as far as it does not look at the targets. */
function whateverTheTargets(request: RouteRequest, rules: ModeRules): Decision | undefined {
  if (request.orchestrator === true) return byVerb(request, rules);
  if (rules.enabled.value) return undefined;
  const { place } = rules.enabled;
  return direct({ decidedBy: 'disabled', place, because: `the orchestrator is turned off (${place})` });
}

function byVerb(request: RouteRequest, rules: ModeRules): Decision {
  const who = `"${commandName(request)}"`;
  const instead = request.class === 'work' ? 'use "workflow run"' : undefined;
  const reasons = { decidedBy: 'verb', place: null, because: `${who} needs the orchestrator by definition` } as const;
  return orchestrated({ ...reasons, who, instead, fallbackAllowed: false }, rules);
}

/** Targets that are not known count as one. */
function automatic(request: RouteRequest, rules: ModeRules): Decision {
  const { targets = 1, dependencies = false } = request;
  const place = request.variable === 'auto' ? 'PROVISIONING_MODE' : rules.defaultMode.place;
  const reasons = { decidedBy: 'auto', place } as const;
  if (targets <= 1 && !dependencies) return direct({ ...reasons, because: 'it is one operation on one target' });
  const because = dependencies ? 'there are dependencies among its targets' : `it has ${targets} targets`;
  return orchestrated({ ...reasons, because, who: 'it', fallbackAllowed: mayFallBack(request, rules) }, rules);
}

/** Where the orchestrator is turned off, the built-in rules do not apply. */
const ruleFor = (request: RouteRequest, { enabled, rules }: ModeRules): ModeRule | undefined =>
  mostSpecific(ruleName(request), enabled.value ? rules : rules.filter((rule) => !rule.builtin));

const modeOf = (rule: ModeRule): Mode => (rule.list === 'force_direct' ? 'direct' : 'orchestrated');

/**
 * What is configured (rules, `default_mode`, `auto`) may fall back; what was asked for in so many words may not.
 * `default_mode` counts as configured: the documents in the field write it beside `fallback_to_direct`.
 */
const mayFallBack = (request: RouteRequest, rules: ModeRules): boolean =>
  rules.fallbackToDirect && request.orchestrator !== true;
