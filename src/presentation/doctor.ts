import type { DoctorDocument, FindingDocument } from '../api/doctor.ts';
import { oneLine } from './escape.ts';
import type { Style } from './style.ts';

export function doctorText({ findings }: DoctorDocument, style: Style): string {
  if (findings.length === 0) return 'Nothing is wrong.\n';
  const canMend = findings.some(({ fixable, fixed }) => fixable && !fixed);
  const more = canMend ? ['', 'Mend what can be mended: provisioning orchestrator doctor --fix'] : [];
  return `${[...findings.flatMap((finding) => linesOf(finding, style)), ...more].join('\n')}\n`;
}

function linesOf({ code, severity, message, fix, fixed }: FindingDocument, style: Style): readonly string[] {
  const mark = fixed ? style.green('mended') : severity === 'fault' ? style.red('fault ') : style.yellow('notice');
  return [`${mark}  ${code}: ${oneLine(message)}`, ...(fixed ? [] : [`        → ${oneLine(fix)}`])];
}
