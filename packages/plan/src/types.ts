import type { Static, TObject, TProperties } from 'typebox';
import type { Surface } from './event.ts';

/** The parts of a plan that types are derived from. A plan of any shape extends it. */
export interface TypedPlan {
  // biome-ignore lint/suspicious/noExplicitAny: TObject is invariant, so only any is a supertype of every schema.
  readonly events: Readonly<Record<string, { readonly surfaces: readonly Surface[]; readonly schema: TObject<any> }>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly profile: TObject<any>;
}

type SendableFrom<P extends TypedPlan, S extends Surface> = {
  [N in keyof P['events']]: S extends P['events'][N]['surfaces'][number] ? N : never;
}[keyof P['events']] &
  string;

/** Names of the events that a backend service may send. */
export type ServerEventNameOf<P extends TypedPlan> = SendableFrom<P, 'server'>;

/** Names of the events that a page may send. */
export type BrowserEventNameOf<P extends TypedPlan> = SendableFrom<P, 'browser'>;

type PropertiesOf<P extends TypedPlan, N extends keyof P['events']> =
  P['events'][N]['schema'] extends TObject<infer T> ? T : never;

// A browser can hold no key, so a property that must be hashed cannot be sent from there at all.
type WithoutHashed<T extends TProperties> = {
  [K in keyof T as T[K] extends { readonly privacy: 'hash' } ? never : K]: T[K];
};

/** Properties that a backend service passes along with an event. */
export type ServerPropertiesOf<P extends TypedPlan, N extends ServerEventNameOf<P>> = Static<
  TObject<PropertiesOf<P, N>>
>;

/** Properties that a page passes along with an event. */
export type BrowserPropertiesOf<P extends TypedPlan, N extends BrowserEventNameOf<P>> = Static<
  TObject<WithoutHashed<PropertiesOf<P, N>>>
>;

type ProfileSchema<P extends TypedPlan> = P['profile'] extends TObject<infer T> ? T : never;

/** Profile properties that a backend service may set. */
export type ServerProfileOf<P extends TypedPlan> = Static<TObject<ProfileSchema<P>>>;

/** Profile properties that a page may set. */
export type BrowserProfileOf<P extends TypedPlan> = Static<TObject<WithoutHashed<ProfileSchema<P>>>>;

/** Lets the properties be left out exactly where the plan requires none. */
export type PropertiesArgument<T> = Record<never, never> extends T ? [properties?: T] : [properties: T];
