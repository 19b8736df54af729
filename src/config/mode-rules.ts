import type { ModeRule, ModeRules } from '../domain/mode.ts';
import { elementText, originText } from './origin.ts';
import type { Resolved } from './resolve.ts';

/** What routing needs to know, as plain data with places. */
export function modeRules({ settings, origins }: Resolved): ModeRules {
  const { orchestrator, execution } = settings;
  return {
    enabled: { value: orchestrator.enabled, place: originText(origins['orchestrator.enabled']) },
    defaultMode: { value: execution.default_mode, place: originText(origins['execution.default_mode']) },
    fallbackToDirect: orchestrator.fallback_to_direct,
    rules: (['force_orchestrated', 'force_direct'] as const).flatMap((list) => {
      const origin = origins[`execution.${list}`];
      return execution[list].map((pattern, index): ModeRule => {
        return { list, pattern, place: elementText(origin, index), builtin: origin.kind === 'builtin' };
      });
    }),
  };
}
