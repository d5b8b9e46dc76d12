import type { BrowserEventNameOf, BrowserProfileOf, BrowserPropertiesOf, TypedPlan } from '@qr/plan';

/**
 * Where an app names its tracking plan, so that `trackEvent` and its siblings are typed by it. Without a plan here, every name and property compiles.
 *
 * @example
 * declare module '@qr/browser' {
 *   interface Register {
 *     plan: typeof plan;
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add the member `plan`.
export interface Register {}

/** What compiles without a registered plan. */
type Loose = Readonly<Record<string, unknown>>;

type EventNameIn<R> = R extends { readonly plan: infer P extends TypedPlan } ? BrowserEventNameOf<P> : string;
type PropertiesIn<R, N> = R extends { readonly plan: infer P extends TypedPlan }
  ? N extends BrowserEventNameOf<P>
    ? BrowserPropertiesOf<P, N>
    : never
  : Loose;
type ProfileIn<R> = R extends { readonly plan: infer P extends TypedPlan } ? BrowserProfileOf<P> : Loose;
type PageViewIn<R> = R extends { readonly plan: { readonly pageView: infer N } }
  ? Omit<PropertiesIn<R, NonNullable<N>>, 'page'>
  : Loose;

/** Names of the events that a page may send. */
export type EventName = EventNameIn<Register>;

/** Properties of an event. */
export type EventProperties<N extends string> = PropertiesIn<Register, N>;

/** Properties of a user's profile that a page may set. */
export type ProfileProperties = ProfileIn<Register>;

/** Properties of a page view besides `page`. */
export type PageViewProperties = PageViewIn<Register>;

/** `p` without secrets, `u` reduced to origin and path, `v` as it is. */
export type Rules = Readonly<Record<string, 'p' | 'u' | 'v'>>;

/** What may leave the page. */
export interface AllowList {
  /** The properties of each event. */
  readonly events: Readonly<Record<string, Rules>>;
  readonly profile: Rules;
  /** Keys of error context and of breadcrumb data. */
  readonly contextKeys: readonly string[];
}

/** The module that `renderBrowserPlan` renders. */
export interface AllowListModule {
  readonly browserPlan: AllowList;
}

/** The plan as an app passes it: the module that `renderPagePlan` of `@qr/plan/documents` renders. */
export interface PagePlan {
  /** Name of the event of page views. @default page views are not counted */
  readonly pageView?: string | undefined;
  /** Imports the allow-list, which is as large as the plan, when the SDKs are loaded. */
  readonly load: () => Promise<AllowListModule>;
}
