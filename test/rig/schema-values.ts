/** The part of JSON Schema that our published description uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** Values that meet the schema: with all that may be there, and with no more than must be. */
export const goodValues = (schema: Schema): readonly unknown[] => [good(schema, true), good(schema, false)];

function good(schema: Schema, full: boolean): unknown {
  const alternative = (schema.anyOf ?? schema.oneOf)?.[0];
  if (alternative !== undefined) return good(alternative, full);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (typeOf(schema)) {
    case 'object':
      return goodObject(schema, full);
    case 'array':
      return full && schema.items !== undefined ? [good(schema.items, full)] : [];
    case 'string':
      return 'x'.repeat(Math.max(1, schema.minLength ?? 0));
    case 'boolean':
      return false;
    case 'number':
    case 'integer':
      return Math.max(schema.minimum ?? 0, 0);
    default:
      return null;
  }
}

function goodObject({ properties = {}, required = [] }: Schema, full: boolean): Record<string, unknown> {
  const names = full ? Object.keys(properties) : required;
  return Object.fromEntries(names.map((name) => [name, good(properties[name] ?? {}, full)]));
}

/** Values that do not meet it, each wrong in one way, by what is wrong. */
export function badValues(schema: Schema): ReadonlyMap<string, unknown> {
  const bad = new Map<string, unknown>(otherTypes(schema));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined || typeOf(schema) !== 'object') return bad;
  const whole = goodObject(schema, true);
  for (const name of schema.required ?? [])
    bad.set(`without ${name}`, Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)));
  if (schema.additionalProperties === false) bad.set('with an unknown key', { ...whole, surprise: 1 });
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    for (const [what, value] of [...badValues(property), ...outside(property)])
      bad.set(`${name}: ${what}`, { ...whole, [name]: value });
  return bad;
}

const SAMPLES: readonly (readonly [string, unknown])[] = [
  ['object', {}],
  ['array', []],
  ['string', 'text'],
  ['number', 1.5],
  ['boolean', true],
  ['null', null],
];

function otherTypes(schema: Schema): readonly (readonly [string, unknown])[] {
  const types = typesOf(schema);
  if (types.length === 0) return [];
  return SAMPLES.filter(([type]) => !types.includes(type) && !(type === 'number' && types.includes('integer'))).map(
    ([type, value]) => [`a ${type}`, value] as const,
  );
}

function outside(schema: Schema): readonly (readonly [string, unknown])[] {
  return [
    ...(schema.enum === undefined ? [] : [['none of the choices', 'surprise'] as const]),
    ...(schema.minimum === undefined ? [] : [['too little', schema.minimum - 1] as const]),
    ...(schema.maximum === undefined ? [] : [['too much', schema.maximum + 1] as const]),
    ...(schema.maxLength === undefined ? [] : [['too long', 'x'.repeat(schema.maxLength + 1)] as const]),
    ...(schema.minLength === undefined || schema.minLength === 0 ? [] : [['too short', ''] as const]),
  ];
}

function typesOf(schema: Schema): readonly string[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.flatMap(typesOf);
  if (schema.enum !== undefined) return ['string'];
  return schema.type === undefined ? [] : [schema.type].flat();
}

const typeOf = (schema: Schema): string | undefined => typesOf(schema)[0];
