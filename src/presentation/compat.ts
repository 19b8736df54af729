import type { CheckDocument, CompatibilityDocument, PartDocument } from '../api/compat-document.ts';
import { compatible, pairsIn } from '../api/compatibility.ts';
import type { Company, Part } from '../api/compatibility.ts';
import { isNewer } from '../api/version.ts';
import type { ProtocolRange } from '../api/version.ts';
import { failure } from '../domain/failure.ts';
import type { Failure, Place } from '../domain/failure.ts';
import { oneLine } from './escape.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** `compat check --json`. */
export function compatibilityOf(company: Company, remote?: Part): CompatibilityDocument {
  const checks = pairsIn(company, remote).map(([one, other]) => checkOf(company, one, other));
  const isGood = checks.every(({ status }) => status !== 'incompatible');
  return { compatible: isGood, versions_file: company.file, checks };
}

/** Somebody else's orchestrator; `where`: how messages name it. */
export const remotePart = (
  { version, protocol }: { readonly version: string | null; readonly protocol: ProtocolRange | null },
  where: string,
): Part => ({ component: 'platform', version, protocol, origin: 'remote', where });

/** The first two that do not fit; with `remote`, only what concerns it. */
export function misfitIn(company: Company, remote?: Part): Failure | undefined {
  const { checks } = compatibilityOf(company, remote);
  const found = checks.find(
    ({ status, other }) => status === 'incompatible' && (remote === undefined || other.origin === 'remote'),
  );
  return found === undefined ? undefined : misfit(found);
}

export function compatText(
  { checks, compatible: isGood, versions_file: file }: CompatibilityDocument,
  style: Style,
): string {
  const rows = checks.map(({ one, other, status }) => [
    named(one),
    named(other),
    {
      text: STATUS[status],
      paint: status === 'incompatible' ? style.red : status === 'fits' ? style.green : style.yellow,
    },
  ]);
  const misfits = checks.flatMap((check) => {
    if (check.status !== 'incompatible') return [];
    return [
      `${oneLine(named(check.one))} and ${oneLine(named(check.other))} do not fit together:`,
      ...check.broken.map(({ of, rule, place }) => `  ${oneLine(`${of}: ${rule}${at(place)}`)}`),
      `  → ${oneLine(check.remedy ?? '')}`,
    ];
  });
  const rules = `Rules: ${file === null ? 'those of this program' : oneLine(file)}`;
  const end = isGood ? [rules] : [rules, '', ...misfits];
  return `${table(['ONE', 'OTHER', 'VERDICT'], rows, style)}\n${end.join('\n')}\n`;
}

const STATUS: Readonly<Record<CheckDocument['status'], string>> = {
  fits: 'fits',
  incompatible: 'incompatible',
  unknown: 'unknown version',
  unlisted: 'no rule about them',
};

function checkOf({ rules, file }: Company, one: Part, other: Part): CheckDocument {
  const verdict = compatible(rules, one, other);
  const remedy = verdict.status === 'incompatible' ? remedyFor(one, other, file) : null;
  return { one: documentOf(one), other: documentOf(other), ...verdict, remedy };
}

const documentOf = ({ component, version, origin, where }: Part): PartDocument => ({
  component,
  version,
  origin,
  where,
});

function misfit({ one, other, broken, remedy }: CheckDocument): Failure {
  const because = broken.map(({ of, rule }) => `${of}: ${rule}`).join('; ');
  const place = broken.find((rule) => rule.place !== null)?.place ?? undefined;
  const message = `${named(one)} and ${named(other)} do not fit together (${because})`;
  return failure('incompatible', message, { hint: remedy ?? undefined, place });
}

function remedyFor(one: Part, other: Part, file: string | null): string {
  if (other.origin === 'external')
    return `Put the library of version ${one.version} into ${other.where}, or leave nushell.provisioning_lib out: a fitting one is inside.`;
  if (other.origin === 'remote')
    return isNewer(one.version ?? '', other.version ?? '')
      ? `Have it brought to version ${one.version}, or use version ${other.version} of this program.`
      : `Use version ${other.version} of this program, or an orchestrator of version ${one.version}.`;
  return `Both are inside this program: correct ${file ?? 'its rules'}, or install a version that it allows.`;
}

function named({ component, version, origin, where }: PartDocument): string {
  const from = origin === 'program' ? 'in this program' : where;
  return version === null ? `${component} of unknown version (${from})` : `${component} ${version} (${from})`;
}

const at = (place: Place | null): string => (place === null ? '' : ` (${place.file}:${place.line}:${place.column})`);
