import { didYouMean } from '../domain/suggest.ts';
import {
  KEY_BY_ALIAS,
  KEY_BY_PATH,
  KEY_BY_VARIABLE,
  keyOf,
  KEYS,
  namesIn,
  SECTION_NAMES,
  SECTIONS,
  variablePrefix,
} from './keys.ts';
import type { Key } from './keys.ts';
import { POOLS } from './pool-keys.ts';
import { LATER_SECTIONS } from './schema.ts';

interface Unknown {
  readonly message: string;
  readonly hint: string;
}

/** What to say about a key that is not in its section: a misspelling, a key of another section, or what there is. */
export function unknownKey(section: string, name: string): Unknown {
  const message = `There is no key ${name} in [${section}].`;
  const names = namesIn(section);
  const near = didYouMean(name, names);
  const elsewhere = KEYS.find((key) => key.name === name);
  if (near !== undefined) return { message, hint: near };
  if (elsewhere !== undefined) return { message, hint: `${name} belongs in [${elsewhere.section}].` };
  if (names.length > 0) return { message, hint: `There are ${names.join(', ')}.` };
  return { message, hint: `Put keys below a section: ${SECTION_NAMES.join(', ')}.` };
}

/** The key that a user names as `section.key`, by its own name or an older one, or what to say if there is none. */
export function findKey(path: string): { readonly key: Key } | Unknown {
  const key = keyOf(path) ?? KEY_BY_ALIAS.get(path) ?? KEY_BY_VARIABLE.get(path);
  if (key !== undefined) return { key };
  const message = `There is no key ${path}.`;
  const byName = KEYS.find((candidate) => candidate.name === path);
  if (byName !== undefined) return { message, hint: `Did you mean "${byName.path}"?` };
  const near = didYouMean(path, KEY_BY_PATH.keys());
  return { message, hint: near ?? 'provisioning config show lists all keys.' };
}

/** What is wrong with a `PROVISIONING_*` variable that begins with a section's name, or nothing where it does not. */
export function unknownVariable(name: string): Unknown | undefined {
  const later = [...LATER_SECTIONS].find(([section]) => name.startsWith(variablePrefix(section)));
  if (later !== undefined) return { message: `${name}: this version does not have ${later[1]}.`, hint: 'Unset it.' };
  if (name.startsWith(variablePrefix(POOLS)))
    return { message: `${name} is no setting: pools have no variables.`, hint: 'Set [pools.NAME] in a document.' };
  const section = [...SECTIONS.keys()].find((candidate) => name.startsWith(variablePrefix(candidate)));
  if (section === undefined) return undefined;
  const message = `${name} is no setting.`;
  const key = name.slice(variablePrefix(section).length).toLowerCase();
  const renamed = KEY_BY_ALIAS.get(`${section}.${key}`);
  if (renamed !== undefined) return { message, hint: `Its name is ${renamed.variable}.` };
  const candidates = KEYS.filter((candidate) => candidate.section === section);
  const near = didYouMean(
    name,
    candidates.map((candidate) => candidate.variable),
  );
  return { message, hint: near ?? `There are ${candidates.map((candidate) => candidate.variable).join(', ')}.` };
}
