import gte from 'semver/functions/gte.js';
import satisfies from 'semver/functions/satisfies.js';
import valid from 'semver/functions/valid.js';
import type { Component } from '../domain/component.ts';
import type { CheckDocument, PartDocument } from './compat-document.ts';
import { speakTogether } from './version.ts';
import type { ProtocolRange } from './version.ts';

/** What one line says of another component: `core = "^3.2"`, `min-core = "3.2.1"`, `api-version = "v1"`. */
export interface Statement {
  /** `undefined`: whoever talks to it. */
  readonly about: Component | undefined;
  readonly kind: 'range' | 'least' | 'api';
  readonly wanted: string;
  /** As it is written. */
  readonly text: string;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
}

/** `[compatibility.COMPONENT."VERSIONS"]` */
export interface Rule {
  readonly of: Component;
  /** A version or a range of them. */
  readonly versions: string;
  readonly statements: readonly Statement[];
}

/** One of two that shall work together, and what is known of it. */
export interface Part extends PartDocument {
  readonly api?: string | undefined;
  readonly protocol?: ProtocolRange | null | undefined;
  /** What it says itself, besides the rules of `versions.toml`. */
  readonly statements?: readonly Statement[] | undefined;
}

/** Who works together here, and by which rules. */
export interface Company {
  readonly rules: readonly Rule[];
  /** Where the rules stand; `null`: in this program. */
  readonly file: string | null;
  readonly core: Part;
  readonly platform: Part;
  readonly library: Part;
}

/** Every two that meet. `remote`: somebody else's orchestrator, which is used in the place of this program's. */
export const pairsIn = ({ core, platform, library }: Company, remote?: Part): readonly (readonly [Part, Part])[] => [
  [core, platform],
  [core, library],
  [platform, library],
  ...(remote === undefined ? [] : [[core, remote] as const]),
];

export type Verdict = Pick<CheckDocument, 'status' | 'broken'>;

/**
 * Whether two parts fit: everything that either side says of the other has to hold. All rules whose versions match count.
 * Nothing is refused that nobody has spoken of, for a program cannot know what comes after it.
 */
export function compatible(rules: readonly Rule[], one: Part, other: Part): Verdict {
  const said = [...spokenOf(rules, one, other), ...spokenOf(rules, other, one)];
  const broken = [
    ...said
      .filter(({ statement, other: met }) => !holds(statement, met))
      .map(({ of, statement: { text, place } }) => ({ of, rule: text, place })),
    ...deaf(one, other),
  ];
  if (broken.length > 0) return { status: 'incompatible', broken };
  if (numberOf(one) === null || numberOf(other) === null) return { status: 'unknown', broken };
  return { status: said.length > 0 ? 'fits' : 'unlisted', broken };
}

interface Spoken {
  readonly of: Component;
  readonly statement: Statement;
  readonly other: Part;
}

function spokenOf(rules: readonly Rule[], part: Part, other: Part): readonly Spoken[] {
  const version = numberOf(part);
  const listed = rules.filter(
    ({ of, versions }) => of === part.component && version !== null && within(version, versions),
  );
  const statements = [...listed.flatMap((rule) => rule.statements), ...(part.statements ?? [])];
  return statements
    .filter(({ about }) => about === undefined || about === other.component)
    .map((statement) => ({ of: part.component, statement, other }));
}

/** What is not known breaks no rule. */
function holds({ kind, wanted }: Statement, { version, api, ...part }: Part): boolean {
  if (kind === 'api') return api === undefined || api === wanted;
  const number = numberOf({ version, ...part });
  if (number === null) return true;
  return kind === 'least' ? gte(number, wanted) : within(number, wanted);
}

function deaf(one: Part, other: Part): Verdict['broken'] {
  if (!one.protocol || !other.protocol || speakTogether(one.protocol, other.protocol)) return [];
  const { min, max } = one.protocol;
  return [{ of: one.component, rule: `protocol ${min}–${max}`, place: null }];
}

const numberOf = ({ version }: PartDocument): string | null => valid(version);

/** Release candidates are within a range as well: `3.2.0-rc.1` and `3.3.0-rc.1` in `^3.2`, `4.0.0-rc.1` not. */
const within = (version: string, range: string): boolean => satisfies(version, range, { includePrerelease: true });
