import type { TSchema, TString } from 'typebox';
import type { Plan } from './define-plan.ts';

/**
 * What may leave a process of a property's value.
 *
 * - `plain` as it is, a text without what looks like a secret or an address;
 * - `hash` as `<name>_hash`, from the server only: a browser can hold no key;
 * - `drop` never: callers may pass it, no batch contains it;
 * - `url` origin and path only, without secrets;
 * - `verbatim` as it is, a text whatever it holds, for a written reason.
 */
export type PrivacyClass = 'plain' | 'hash' | 'drop' | 'url' | 'verbatim';

/** A TypeBox schema that carries its privacy class, in its type and in its keywords. */
export type Classified<S extends TSchema, C extends PrivacyClass> = S & { readonly privacy: C };

/** Marks a text as personal: it leaves as `<name>_hash` only. */
export function hash<S extends TString>(schema: S): Classified<S, 'hash'> {
  return classify(schema, { privacy: 'hash' });
}

/** Marks a value that callers may hold in hand but that never leaves the process. */
export function drop<S extends TSchema>(schema: S): Classified<S, 'drop'> {
  return classify(schema, { privacy: 'drop' });
}

/** Marks a URL: query, fragment and credentials are cut off before it leaves. */
export function url<S extends TString>(schema: S): Classified<S, 'url'> {
  return classify(schema, { privacy: 'url' });
}

/**
 * Lets a text leave that is not searched for secrets, and a property that is personal by its name (such as `$email`) leave raw.
 *
 * @param reason why the platform needs it so; appears in the generated documents.
 */
export function verbatim<S extends TSchema>(
  schema: S,
  reason: string,
): Classified<S, 'verbatim'> & { readonly reason: string } {
  return classify(schema, { privacy: 'verbatim', reason });
}

/** Marks a property that holds a user's id: erasing that user also removes the records that name them there. */
export function person<S extends TString>(schema: S): S & { readonly person: true } {
  return classify(schema, { person: true });
}

/** Returns whether a property is marked with {@link person}. */
export function isPerson(schema: TSchema): boolean {
  return (schema as { person?: boolean }).person === true;
}

/** The class of a schema; one that says nothing is `plain`. */
export function privacyOf(schema: TSchema): PrivacyClass {
  return ((schema as { privacy?: PrivacyClass }).privacy ?? 'plain') satisfies PrivacyClass;
}

/** Whether a property holds an id by its name or by {@link person}: ids are compared, so they are sent as they are or not at all. */
export function isId(name: string, schema: TSchema): boolean {
  return isPerson(schema) || /(?:^|_)ids?$/.test(name);
}

/** The name under which a property is sent: `$` marks the vendor's own fields, which a hash is not. */
export function sentName(name: string, schema: TSchema): string {
  return privacyOf(schema) === 'hash' ? `${name.replace(/^\$/, '')}_hash` : name;
}

/** The written reason of {@link verbatim}, if any. */
export function reasonOf(schema: TSchema): string | undefined {
  return (schema as { reason?: string }).reason;
}

/** Returns the names, as sent, of all properties that hold a user's id: in events and in the profile. */
export function personKeys({ events, profile }: Plan): ReadonlySet<string> {
  const schemas = [...Object.values(events).map(({ schema }) => schema), profile];
  return new Set(
    schemas.flatMap(({ properties }) =>
      // The plan's rules allow the mark on plain properties only, which are sent under their own name.
      Object.entries(properties).flatMap(([name, property]) => (isPerson(property) ? [name] : [])),
    ),
  );
}

// TypeBox keeps its own marks in non-enumerable properties, which a spread would lose.
function classify<S extends TSchema, const K extends object>(schema: S, keywords: K): S & K {
  return Object.assign(Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema)) as S, keywords);
}
