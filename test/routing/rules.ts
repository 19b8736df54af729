import type { ModeRule, ModeRules } from '../../src/domain/mode.ts';
import type { RouteRequest } from '../../src/routing/request.ts';

const FILE = '/etc/provisioning/config.toml';

/** Written rules, one a line from line 1 on, `force_orchestrated` first; what is not given is as built in. */
export function rules(
  lists: { readonly orchestrated?: readonly string[]; readonly direct?: readonly string[] } = {},
  more: Partial<ModeRules> = {},
): ModeRules {
  const orchestrated = list('force_orchestrated', lists.orchestrated, 1);
  const direct = list('force_direct', lists.direct, 1 + orchestrated.length);
  return {
    enabled: { value: true, place: 'built in' },
    defaultMode: { value: 'auto', place: 'built in' },
    fallbackToDirect: true,
    rules: [...orchestrated, ...direct],
    ...more,
  };
}

export const OFF = { enabled: { value: false, place: `${FILE}:9` } } as const;
export const place = (line: number): string => `${FILE}:${line}`;

/** Work named as in rules: `server.create`. */
export function work(name: string, more: Partial<RouteRequest> = {}): RouteRequest {
  const [noun = '', verb = ''] = name.split('.');
  return { noun, verb, class: 'work', ...more };
}

const BUILT_IN = {
  force_orchestrated: ['server.create', 'cluster.create', 'batch.*', 'workflow.*'],
  force_direct: ['*.list', '*.show', 'help', 'version'],
};

function list(name: ModeRule['list'], written: readonly string[] | undefined, line: number): readonly ModeRule[] {
  return (written ?? BUILT_IN[name]).map((pattern, index) => {
    const builtin = written === undefined;
    return { list: name, pattern, place: builtin ? 'built in' : place(line + index), builtin };
  });
}
