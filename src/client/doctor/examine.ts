import type { DoctorDocument, FindingDocument } from '../../api/doctor.ts';
import { heldFailure } from '../../api/restored.ts';
import type { Check, Facts, Finding } from './facts.ts';
import { fault } from './facts.ts';
import { folder, isDecisive } from './folder.ts';
import { processes } from './processes.ts';
import { registration } from './registration.ts';
import { usable } from './usable.ts';
import { surroundings } from './surroundings.ts';

/** Whether its records can be read; a store of a newer version cannot. */
const records: Check = async ({ reads }) => {
  const runs = await reads.runs();
  if (runs.ok) return [];
  return [fault('store', runs.error.message, runs.error.hint ?? 'Use the program that wrote it, or another data_dir.')];
};

/** Nothing else can be said of what cannot be read. */
const kept: Check = async (facts) => {
  const damage = facts.store.damage();
  if (damage !== undefined)
    return [fault('store_damaged', `the store ${facts.paths.store} is damaged: ${damage}`, RESTART)];
  return [...held(facts), ...(await records(facts)), ...(await processes(facts))];
};

const RESTART = 'Its newest backup takes its place, and nothing is started, with: provisioning orchestrator restart';

function held({ store }: Facts): readonly Finding[] {
  const restored = store.restored();
  if (restored === undefined) return [];
  const { message, hint = '' } = heldFailure(restored);
  return [fault('store_restored', message, hint)];
}

const CHECKS: readonly Check[] = [surroundings, folder, usable, registration, kept];

/** Looks at everything, and mends what is safe to mend if `fix`. Starts nothing, and ends no process. */
export async function examine(facts: Facts, { fix }: { readonly fix: boolean | undefined }): Promise<DoctorDocument> {
  const found: Finding[] = [];
  for (const check of CHECKS) if (!found.some(isDecisive)) found.push(...(await check(facts)));
  const findings = found.map((finding) => documentOf(finding, fix === true && mended(finding)));
  return { healthy: findings.every(({ severity, fixed }) => severity === 'notice' || fixed), findings };
}

function mended({ mend }: Finding): boolean {
  if (mend === undefined) return false;
  try {
    mend();
    return true;
  } catch {
    return false;
  }
}

const documentOf = ({ code, severity, message, fix, mend }: Finding, fixed: boolean): FindingDocument => ({
  code,
  severity,
  message,
  fix,
  fixed,
  fixable: mend !== undefined,
});
