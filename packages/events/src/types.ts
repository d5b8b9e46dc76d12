import type { Static, TObject, TProperties } from 'typebox';
import type { EventDefinition, Surface } from './event.ts';
import type { plan } from './plan.ts';

type Events = typeof plan.events;

type Sendable<S extends Surface> = {
  [N in keyof Events]: Events[N] extends EventDefinition<infer _, infer Allowed>
    ? S extends Allowed
      ? N
      : never
    : never;
}[keyof Events];

/** Names of the events that a backend service may send. */
export type ServerEventName = Sendable<'server'>;

/** Names of the events that the browser may send. */
export type BrowserEventName = Sendable<'browser'>;

type PropertiesOf<N extends keyof Events> = Events[N]['schema'] extends TObject<infer P> ? P : never;

// A browser can hold no key, so a property that must be hashed cannot be sent from there at all.
type WithoutHashed<P extends TProperties> = {
  [K in keyof P as P[K] extends { readonly privacy: 'hash' } ? never : K]: P[K];
};

/** What a backend service passes along with an event. */
export type ServerProperties<N extends ServerEventName> = Static<TObject<PropertiesOf<N>>>;

/** What the browser passes along with an event. */
export type BrowserProperties<N extends BrowserEventName> = Static<TObject<WithoutHashed<PropertiesOf<N>>>>;

type ProfileSchema = typeof plan.profile extends TObject<infer P> ? P : never;

/** What a backend service may say of a person. */
export type ServerProfile = Static<TObject<ProfileSchema>>;

/** What the browser may say of a person. */
export type BrowserProfile = Static<TObject<WithoutHashed<ProfileSchema>>>;

/** Lets the properties be left out exactly where the plan requires none. */
export type PropertiesArgument<P> = Record<never, never> extends P ? [properties?: P] : [properties: P];
