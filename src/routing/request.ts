import type { ModeSetting } from '../domain/mode.ts';
import type { Mode } from '../domain/submission.ts';

/** What routing wants to know about a command. */
export interface RouteRequest {
  readonly noun: string;
  /** Empty for commands of one word, such as `help`. */
  readonly verb: string;
  readonly class: 'read' | 'control' | 'work';
  /** `--direct` or `--orchestrated`. */
  readonly flag?: Mode | undefined;
  /** `PROVISIONING_MODE`. `auto` is an answer too: the rules and `default_mode` are not asked then. */
  readonly variable?: ModeSetting | undefined;
  /** The verb is direct by definition: `workflow run`. */
  readonly foreground?: boolean | undefined;
  /** The verb itself asks for the orchestrator: `workflow submit`, and the control verbs that start it. */
  readonly orchestrator?: boolean | undefined;
  /** How many resources the command works on; needed only where `decideWithoutTargets` has no answer. */
  readonly targets?: number | undefined;
  /** Whether anything among them must wait for something else among them. */
  readonly dependencies?: boolean | undefined;
}

/** `noun.verb`, as rules write it. */
export const ruleName = ({ noun, verb }: Pick<RouteRequest, 'noun' | 'verb'>): string =>
  verb === '' ? noun : `${noun}.${verb}`;

/** `noun verb`, as people type it. */
export const commandName = ({ noun, verb }: Pick<RouteRequest, 'noun' | 'verb'>): string =>
  verb === '' ? noun : `${noun} ${verb}`;
