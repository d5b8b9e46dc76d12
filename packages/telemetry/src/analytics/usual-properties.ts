import { isId, privacyOf } from '@qr/plan';
import type { TObject, TSchema } from 'typebox';
import { HARMLESS_TEXT, USUAL_ID } from '../privacy/index.ts';
import { countryMember } from './countries.ts';
import { NEEDS_ESCAPE } from './text.ts';

/**
 * Writes properties that are what they usually are as the members of a JSON object, each behind a comma.
 *
 * @returns `undefined` for anything unusual: a value of another type, a text that is long, to be escaped or to be searched for secrets, a key beyond the
 * plan, `null`.
 */
export type UsualProperties = (properties: unknown) => string | undefined;

/**
 * Compiles a schema into straight-line code: loads by name, one test a value, and one template. Twice as fast as a loop over the keys with
 * a look-up and a converter for each (V8 knows the shape of the object, and joins the text at once).
 *
 * @returns `undefined` when a property must be converted, or where the process forbids code from strings: then the loop does it all.
 */
export function compileUsualProperties(schema: TObject): UsualProperties | undefined {
  const required: readonly string[] = schema.required ?? [];
  const planned = Object.entries(schema.properties).map(([name, property], index) => ({
    name: JSON.stringify(name),
    value: `v${index}`,
    type: typeOf(name, property),
    list: closedListOf(property),
    isRequired: required.includes(name),
  }));
  if (planned.some(({ type }) => type === undefined)) return undefined;

  const present = planned.map(({ value, isRequired }) => (isRequired ? '1' : `(${value} === undefined ? 0 : 1)`));
  const tests = planned.map(({ value, type, list, isRequired }, index) => {
    const test = list ? `LISTS[${index}].has(${value})` : TESTS[type ?? 'text'](value);
    return isRequired ? test : `(${value} === undefined || ${test})`;
  });
  const members = planned.map(({ name, value, type, isRequired }) => {
    // The name stands in a template: what means something there is escaped.
    const literal = name.replace(/[\\`$]/g, '\\$&');
    const member =
      type === 'text' || type === 'id' || type === 'time' ? `,${literal}:"\${${value}}"` : `,${literal}:\${${value}}`;
    return isRequired ? member : `\${${value} === undefined ? '' : \`${member}\`}`;
  });
  const country = planned.find(({ name }) => name === '"country"');
  if (country) members.push(`\${countryMember(${country.value})}`);
  const code = `return function usualProperties(given) {
    if (typeof given !== 'object' || given === null) return undefined;
    ${planned.map(({ name, value }) => `const ${value} = given[${name}];`).join('\n')}
    let keys = 0;
    for (const key in given) keys++;
    if (keys !== ${['0', ...present].join(' + ')}) return undefined;
    if (!(${['true', ...tests].join(' && ')})) return undefined;
    return \`${members.join('')}\`;
  }`;
  try {
    return new Function('HARMLESS_TEXT', 'USUAL_ID', 'TIME', 'LISTS', 'countryMember', code)(
      HARMLESS_TEXT,
      USUAL_ID,
      TIME,
      planned.map(({ list }) => list),
      countryMember,
    ) as UsualProperties;
  } catch {
    return undefined;
  }
}

type UsualType = 'text' | 'id' | 'time' | 'boolean' | 'number';

/** As `Date.prototype.toISOString` writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** JavaScript that says whether a value can be written as it is. */
const TESTS: Readonly<Record<UsualType, (value: string) => string>> = {
  // Both patterns match short texts alone, that need no escape.
  text: (value) => `(typeof ${value} === 'string' && HARMLESS_TEXT.test(${value}))`,
  time: (value) => `(typeof ${value} === 'string' && TIME.test(${value}))`,
  id: (value) => `(typeof ${value} === 'string' && USUAL_ID.test(${value}))`,
  boolean: (value) => `typeof ${value} === 'boolean'`,
  // A number less itself is 0 unless it is NaN or infinite.
  number: (value) => `(typeof ${value} === 'number' && ${value} - ${value} === 0)`,
};

function typeOf(name: string, schema: TSchema): UsualType | undefined {
  if (privacyOf(schema) !== 'plain') return undefined;
  const { type } = schema as { type?: string };
  if (type === 'boolean') return 'boolean';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'array' || type === 'object') return undefined;
  if ((schema as { format?: string }).format === 'date-time') return 'time';
  return isId(name, schema) ? 'id' : 'text';
}

/** The texts that a union of literals allows, which are known to hold nothing; `undefined` for any other schema. */
function closedListOf(schema: TSchema): ReadonlySet<unknown> | undefined {
  const values = (schema as { anyOf?: readonly { const?: unknown }[] }).anyOf?.map(({ const: value }) => value);
  return values?.every((value) => typeof value === 'string' && !NEEDS_ESCAPE.test(value)) ? new Set(values) : undefined;
}
